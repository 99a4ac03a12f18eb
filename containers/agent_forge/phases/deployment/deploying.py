"""The stage that decides: the target chooses, writes its files, and the model is published with its graph."""

import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
from torch import Tensor

from agent_forge.artifacts import publish_json, read_json
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.evolution.pareto import fronts
from agent_forge.graphs.parity import text_batches
from agent_forge.graphs.probe import PROBE, write_probe
from agent_forge.graphs.session import GraphSession
from agent_forge.model_files import CONFIG, TOKENIZER, WEIGHTS
from agent_forge.models.folder import load_model, read_config
from agent_forge.phase import Parent, PhaseContext
from agent_forge.phases.deployment.adapter import FP32, Choice, Desk, Measured, Point
from agent_forge.phases.deployment.adapters import adapter_of
from agent_forge.phases.deployment.config import DeploymentConfig
from agent_forge.phases.deployment.exporting import NATS, SCORES, SHAPED, streams_of
from agent_forge.phases.deployment.measuring import POINTS, point_of
from agent_forge.phases.deployment.scoring import reader_of
from agent_forge.phases.deployment.shelf import TYPES, variants_of
from agent_forge.stages import input_model
from agent_forge.training.answers import speaker
from agent_forge.training.baked_answers import BAKED_ANSWERS, read_baked, told_apart

DEPLOYED, REPORT, ONNX = "deployed", "deployment", "onnx"
PROBED = 9  # tokens in a row of the probe


def deploy_model(context: PhaseContext) -> None:
    """Choose, emit, publish."""
    config = DeploymentConfig.of(context.config)
    adapter = adapter_of(config.target)
    source = input_model(context, "deployment")
    (exported,), (timed,) = context.stage_outputs("export"), context.stage_outputs("measure")
    folder = exported.models.get(SHAPED) or context.model(source.name)
    tokenizer = TextTokenizer.of(folder)
    scores, times = read_json(exported, SCORES), read_json(timed, POINTS)
    points = [point_of(each) for each in times["points"]]
    variants = variants_of(exported, scores, context.work / "graphs")
    measured = Measured(variants, points, scores["inputNats"], times["hardware"])
    choice = adapter.choose(config, measured)
    record_choice(context, measured, choice)
    held_out = streams_of(context, config, tokenizer, read_config(folder)).held_out
    desk = Desk(context, config, folder, tokenizer, held_out, measured, choice)
    record_baked(context, desk.chosen.folder, folder, context.model(source.name))
    adapter.emit(desk)
    publish_json(context, REPORT, report_of(config, measured, choice))
    write_probe(GraphSession.open(desk.chosen.folder, context.threads), desk.chosen.folder, probed(held_out))
    publish_deployed(context, folder, desk.chosen.folder, source.model_id)


def record_choice(context: PhaseContext, measured: Measured, choice: Choice) -> None:
    """What was chosen, against what came in and against fp32 under the same load."""
    chosen, fp32 = measured.variants[choice.variant], measured.variants[FP32]
    mine, theirs = (point_at(measured, name, choice) for name in (choice.variant, FP32))
    figures = {
        "met": (float(choice.met), "1 = objective met, 0 = not"),
        "dnats": (chosen.nats - measured.input_nats, NATS),
        "bytes": (float(chosen.bytes), "bytes"),
        "bytes_of_fp32": (chosen.bytes / fp32.bytes, "share of bytes"),
        "p50_ms": (mine.p50_ms, "ms"),
        "p95_ms": (mine.p95_ms, "ms"),
        "tokens_per_second": (mine.throughput, "tokens/s"),
        "cpu_time_of_fp32": (mine.cpu_ms / theirs.cpu_ms, "share of CPU time"),
        "pareto_points": (float(len(pareto(measured))), "points"),
    }
    for name, (value, unit) in figures.items():
        context.tracker.record(
            f"chosen/{name}", value, unit, source=f"{__name__}.deploy_model", model=choice.variant
        )  # fmt: skip


def record_baked(context: PhaseContext, graph: Path, model: Path, given: Path) -> None:
    """Whether the graph still says what was baked, where the model that came in brings the questions along.

    Args:
        graph: folder of the chosen graph.
        model: folder of the model that was traced.
        given: folder of the model that came in.
    """
    if not (given / BAKED_ANSWERS).is_file():
        return
    prompts = read_baked(given / BAKED_ANSWERS)
    traced = speaker(load_model(model).eval())
    speakers = {"input": traced, "chosen": reader_of(GraphSession.open(graph, context.threads))}
    for name, speak in speakers.items():
        kl, agreement = told_apart(speak, prompts)
        for measure, value, unit in (("kl", kl, NATS), ("agreement", agreement, "share of tokens")):
            context.tracker.record(
                f"{name}/baked_{measure}", value, unit, source=f"{__name__}.record_baked", model=name
            )  # fmt: skip


def point_at(measured: Measured, variant: str, choice: Choice) -> Point:
    """The point of a variant under the chosen load."""
    return next(each for each in measured.points if (each.variant, each.load) == (variant, choice.load))


def pareto(measured: Measured) -> list[Point]:
    """Points that no other one beats in latency, throughput, bytes and loss at once."""
    objectives = [
        (
            point.p95_ms, -point.throughput, float(measured.variants[point.variant].bytes),
            measured.variants[point.variant].nats,
        )
        for point in measured.points
    ]  # fmt: skip
    return [measured.points[place] for place in fronts(objectives)[0]]


def report_of(config: DeploymentConfig, measured: Measured, choice: Choice) -> dict[str, object]:
    """All that was chosen from, for whoever wants to choose again."""
    variants = {
        name: {"bytes": each.bytes, "nats": each.nats, "top1": each.top1}
        for name, each in measured.variants.items()
    }
    return {
        "target": config.target, "choice": asdict(choice), "hardware": dict(measured.hardware),
        "inputNats": measured.input_nats, "variants": variants,
        "points": [asdict(each) for each in measured.points],
        "pareto": [{"variant": each.variant, "load": asdict(each.load)} for each in pareto(measured)],
    }  # fmt: skip


def probed(held_out: Tensor) -> list[npt.NDArray[np.int64]]:
    """Tokens (B, T) that whoever serves the graph has to read as this machine did: one row, and two."""
    return [each.numpy() for each in text_batches(held_out, 2, PROBED)]


def publish_deployed(context: PhaseContext, model: Path, graph: Path, parent: str) -> None:
    """The model's own files; in a folder beside them the chosen graph, and what it says of a few tokens."""
    folder = context.work / "published" / DEPLOYED
    (folder / ONNX).mkdir(parents=True, exist_ok=True)
    for name in (WEIGHTS, CONFIG, TOKENIZER):
        shutil.copyfile(model / name, folder / name)
    for name in (*TYPES, PROBE):
        shutil.copyfile(graph / name, folder / ONNX / name)
    context.publish_model(DEPLOYED, DEPLOYED, folder, [Parent("deployed-from", model_id=parent)])
