"""Phase 8, compression: each tensor gets the codec that saves most for what it costs.

Stages: `measure` (single) -> `encode` (array) -> `choose` (reduce).
"""

from agent_forge.artifacts import publish_json, publish_tensors, read_tensors
from agent_forge.compression.curvature import second_moments
from agent_forge.compression.encodings import from_tensors, items_of, shares, to_tensors, tried
from agent_forge.compression.sensitivity import sensitivity
from agent_forge.compression.slots import families_of, hessians_needed, slots_of
from agent_forge.data.streams import spread_rows
from agent_forge.models.folder import load_model
from agent_forge.phase import PhaseContext
from agent_forge.phases.compression.choosing import run_choose
from agent_forge.phases.compression.config import CompressionConfig
from agent_forge.phases.compression.texts import Bench, nats_per_token
from agent_forge.stages import run_stage, share_of

MOMENTS, SENSITIVITIES, ENCODINGS, INDEX = "moments", "sensitivities", "encodings", "index"


def run(context: PhaseContext) -> None:
    """Do the work of one job of the stage that `context` names.

    Raises:
        ForgeError(validation): unknown stage, unusable settings or corpus.
        ForgeError(contract): the input is not one model in floating point.
        ForgeError(numeric): a weight is not finite.
    """
    run_stage(context, "compression", {"measure": run_measure, "encode": run_encode, "choose": run_choose})


def run_measure(context: PhaseContext) -> None:
    """What every searched tensor meets, and what an error in it costs."""
    config = CompressionConfig.of(context.config)
    bench = Bench.of(context, config)
    model = load_model(bench.folder).eval()
    families = families_of(slots_of(model))
    names = sorted(hessians_needed(families))
    rows_BT = spread_rows(bench.streams["train"], config.seq_len, config.calibration_rows)[:, :-1]
    moments = second_moments(model, names, rows_BT, config.batch_size)
    few = bench.held_out("guard", rows=config.sensitivity_rows)
    before = nats_per_token(bench.score(model, few))
    found = {}
    for place, name in enumerate(names):
        context.tracker.progress(place, len(names), "disturbing one tensor after the other")
        found[name] = sensitivity(
            model, name, moments.get(name), lambda: nats_per_token(bench.score(model, few)), before,
            size=config.disturbance, seed=context.seed,
        )  # fmt: skip
        context.tracker.compression({
            "stage": "measured", "tensor": name, "weights": model.state_dict()[name].numel(),
            "sensitivity": found[name],
        })  # fmt: skip
    context.tracker.progress(len(names), len(names), "disturbing one tensor after the other")
    publish_tensors(context, MOMENTS, moments)
    publish_json(context, SENSITIVITIES, found)


def run_encode(context: PhaseContext) -> None:
    """This job's part of all families in all candidates; every item that is done is kept in a checkpoint."""
    config = CompressionConfig.of(context.config)
    bench = Bench.given(context, config)
    families = families_of(slots_of(load_model(bench.folder)))
    (measured,) = context.stage_outputs("measure")
    moments = read_tensors(measured, MOMENTS)
    mine = share_of(context, shares(items_of(families, config.candidates), families, config.workers))
    kept = context.checkpoints.latest()
    done = list(from_tensors(kept.tensors, kept.resume)) if kept else []
    for place in range(len(done), len(mine)):
        context.tracker.progress(place, len(mine), f"encoding: {mine[place].key}")
        done.append(tried(mine[place], families[mine[place].family], moments))
        weights = sum(slot.weight.numel() for slot in families[mine[place].family])
        context.tracker.compression({
            "stage": "encoded", "family": mine[place].family, "candidate": mine[place].candidate,
            "tensors": len(families[mine[place].family]), "weights": weights, "bytes": done[-1].stored,
            "bitsPerWeight": 8 * done[-1].stored / weights,
            "relativeError": max(done[-1].errors.values(), default=None), "refused": done[-1].refused,
        })  # fmt: skip
        if context.checkpoints.due():
            tensors, index = to_tensors(done)
            context.checkpoints.save(place + 1, tensors, index, {})
    context.tracker.progress(len(mine), len(mine), "encoded")
    tensors, index = to_tensors(done)
    publish_tensors(context, ENCODINGS, tensors)
    publish_json(context, INDEX, index)
