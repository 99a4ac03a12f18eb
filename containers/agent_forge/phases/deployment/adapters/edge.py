"""Target `edge`: fewest bytes under a bound on what the model may lose."""

import json
from typing import Any

from agent_forge.artifacts import JSON_TYPE
from agent_forge.data.streams import spread_rows
from agent_forge.graphs.files import DATA, GRAPH
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import PhaseContext
from agent_forge.phases.deployment.adapter import FP32, Adapter, Choice, Desk, Measured, Streams
from agent_forge.phases.deployment.config import DeploymentConfig
from agent_forge.phases.deployment.healing import heal
from agent_forge.phases.deployment.pruning import kept_width, pruned, unit_worth

CALIBRATION_ROWS = 16


class Edge(Adapter):
    """A device that downloads the model once and runs it alone."""

    target = "edge"

    def shape(
        self, context: PhaseContext, config: DeploymentConfig, model: TinyTitan, streams: Streams
    ) -> TinyTitan:
        """Prune and heal; the model as it came where the healed one loses more than the bound.

        What decides is held-out text that no figure of the report is measured on.
        """
        from agent_forge.phases.deployment.scoring import score, torch_reader

        own = config.own(self.target)
        width = kept_width(model.config.arch.d_ff, float(own["prune"]))
        if width >= model.config.arch.d_ff:
            return model
        rows_RT = spread_rows(streams.guard, config.seq_len, len(streams.guard))
        model.eval()
        seen_RT = spread_rows(streams.train, config.seq_len, CALIBRATION_ROWS)
        smaller = pruned(model, unit_worth(model, seen_RT[:, :-1]), width)
        if own["heal_steps"]:
            heal(context, config, smaller, model, streams)
        before, after = (
            score(torch_reader(each.eval()), rows_RT, config.eval_batch_size).nats
            for each in (model, smaller)
        )
        accepted = after - before <= float(own["most_nats"])
        for name, value, unit in (
            ("pruned_width", float(width), "units"),
            ("unpruned_width", float(model.config.arch.d_ff), "units"),
            ("pruned_dnats", after - before, "nats/token"),
            ("pruned_accepted", float(accepted), "1 = yes, 0 = no"),
        ):
            context.tracker.record(f"edge/{name}", value, unit, source=f"{__name__}.shape", model="shaped")
        return smaller if accepted else model

    def choose(self, config: DeploymentConfig, measured: Measured) -> Choice:
        """The smallest variant within the bound, one row at a time; the truest one where none is within."""
        bound = float(config.own(self.target)["most_nats"])
        lost = {name: each.nats - measured.input_nats for name, each in measured.variants.items()}
        within = [name for name, loss in lost.items() if loss <= bound]
        pool = within or [min(lost, key=lambda name: lost[name])]
        variant = min(pool, key=lambda name: measured.variants[name].bytes)
        points = [point for point in measured.points if point.variant == variant]
        point = min(points, key=lambda point: (point.load.batch, point.p50_ms))
        why = f"fewest bytes of {len(within)} variants that lose at most {bound:g} nats a token"
        if not within:
            why = f"no variant loses at most {bound:g} nats a token; this one loses least"
        return Choice(variant, point.load, bool(within), why)

    def emit(self, desk: Desk) -> None:
        """Write how an engine is built on a device with a GPU, with its model; neither was run here."""
        from agent_forge.graphs.quantise import write_qdq

        folder = desk.context.work / "qdq"
        fp32 = desk.measured.variants[FP32]
        rows_RT = spread_rows(desk.held_out, desk.config.seq_len, CALIBRATION_ROWS)[:, :-1]
        write_qdq(fp32.folder, folder, rows_RT.numpy())
        for name in (GRAPH, DATA):
            desk.context.publish_artifact(f"qdq-{name}", folder / name, "application/octet-stream")
        desk.write("tensorrt.json", json.dumps(engine_of(desk), indent=1, sort_keys=True) + "\n", JSON_TYPE)
        slower = desk.chosen.name != FP32 and cpu_at(desk, desk.chosen.name) > cpu_at(desk, FP32)
        desk.record("edge/slower_than_fp32", float(slower), "1 = yes, 0 = no")


def cpu_at(desk: Desk, variant: str) -> float:
    """CPU milliseconds of a call of a variant under the chosen load."""
    return next(
        point.cpu_ms
        for point in desk.measured.points
        if (point.variant, point.load) == (variant, desk.choice.load)
    )


def engine_of(desk: Desk) -> dict[str, Any]:
    """The command that builds a TensorRT engine from the QDQ model, for calls of one size; not run here."""
    from agent_forge.graphs.document import read_document

    load, state = desk.choice.load, read_document(desk.chosen.folder)["state"]
    shapes = [f"tokens:{load.batch}x{load.sequence}"]
    shapes += ["x".join(map(str, [f"{each['input']}:{load.batch}", *each["shape"][1:]])) for each in state]
    command = ["trtexec", "--onnx=model.onnx", "--saveEngine=model.engine", "--int8", "--fp16"]
    return {
        "status": "not run", "why": "there is no GPU on the machine that wrote this",
        "model": [f"qdq-{GRAPH}", f"qdq-{DATA}"], "files": {f"qdq-{GRAPH}": GRAPH, f"qdq-{DATA}": DATA},
        "command": [*command, f"--shapes={','.join(shapes)}"],
    }  # fmt: skip


ADAPTER = Edge()
