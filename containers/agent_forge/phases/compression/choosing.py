"""The last stage of phase 8: choose, write, read back, measure; the input goes on where a gate fails."""

from agent_forge.artifacts import publish_under, read_json, read_tensors
from agent_forge.compression.decoded import decode_to_folder, model_of_bytes
from agent_forge.compression.encodings import from_tensors
from agent_forge.compression.search import Attempt, search
from agent_forge.compression.selection import Catalogue
from agent_forge.compression.slots import slots_of
from agent_forge.gates import failed_gates
from agent_forge.models.folder import load_child, load_model
from agent_forge.phase import Parent, PhaseContext
from agent_forge.phases.compression.config import CompressionConfig
from agent_forge.phases.compression.report import Figures, Outcome, figures_of, publish_table
from agent_forge.phases.compression.texts import Bench, nats_per_token

COMPRESSED, UNCOMPRESSED = "compressed", "uncompressed"
FILE, FILE_TYPE = "compressed.forge", "application/octet-stream"


def run_choose(context: PhaseContext) -> None:
    """Choose under the budget, publish the file, and the model that it decodes to, or the input."""
    config = CompressionConfig.of(context.config)
    bench = Bench.of(context, config)
    catalogue = catalogue_of(context, bench)
    guard = bench.held_out("guard")
    context.tracker.progress(0, 3, "choosing")
    before = nats_per_token(bench.score(load_model(bench.folder).eval(), guard))

    def measure(file: bytes) -> float:
        return nats_per_token(bench.score(model_of_bytes(file), guard)) - before

    def announce(attempt: Attempt, kept: bool) -> None:
        context.tracker.compression({
            "stage": "chosen", "attempt": attempt.number, "price": attempt.price, "kept": kept,
            "predictedBytes": attempt.predicted_bytes, "bytes": len(attempt.file),
            "predictedLoss": attempt.predicted_loss, "measuredLoss": attempt.measured_loss,
        })  # fmt: skip

    attempt = search(catalogue, config.budget(catalogue.weights), measure, announce)
    path = context.work / FILE
    path.write_bytes(attempt.file)
    context.publish_artifact(FILE, path, FILE_TYPE)
    weights = decode_to_folder(path, context.work / COMPRESSED, bench.tokenizer.json)
    context.tracker.progress(1, 3, "measuring the file")
    outcome = Outcome(catalogue, attempt, path, context.work / COMPRESSED, weights)
    figures = figures_of(context, bench, outcome)
    publish_table(context, outcome)
    context.tracker.progress(2, 3, "publishing")
    publish(context, bench, outcome, figures)
    context.tracker.progress(3, 3, "done")


def catalogue_of(context: PhaseContext, bench: Bench) -> Catalogue:
    """Everything that the jobs of the stage before have tried."""
    (measured,) = context.stage_outputs("measure")
    model = load_child(bench.folder, "compression", context.seed)
    results = [
        each
        for output in context.stage_outputs("encode")
        for each in from_tensors(read_tensors(output, "encodings"), read_json(output, "index"))
    ]
    document = model.config.to_json()
    return Catalogue.of(document, slots_of(model), results, read_json(measured, "sensitivities"))


def publish(context: PhaseContext, bench: Bench, outcome: Outcome, figures: Figures) -> None:
    """The decoded model where every gate holds, the input otherwise; and which it was."""
    failed = failed_gates("compression", {name: value for name, (value, _) in figures.items()})
    context.tracker.record(
        "compressed/accepted", float(not failed), "1 = compressed, 0 = uncompressed",
        source=f"{__name__}.publish", model=COMPRESSED, split="held_out",
    )  # fmt: skip
    attempt = outcome.attempt
    context.tracker.compression({
        "stage": "written", "bytes": len(attempt.file), "inputBytes": int(figures["input/file_bytes"][0]),
        "lossOnReport": figures["compressed/cost"][0], "accepted": not failed, "failed": failed,
        "tensorsPerCodec": outcome.tensors_per_codec, "noGain": outcome.without_gain,
    })  # fmt: skip
    if not failed:
        parents = [Parent("compressed-from", model_id=bench.model_id)]
        context.publish_model(COMPRESSED, COMPRESSED, outcome.folder, parents)
        return
    context.tracker.warning(
        "numeric", f"The uncompressed model goes on: {'; '.join(failed)}.", {"failed": failed}
    )
    parents = [Parent("continued-from", model_id=bench.model_id)]
    publish_under(context, UNCOMPRESSED, UNCOMPRESSED, bench.folder, parents)
