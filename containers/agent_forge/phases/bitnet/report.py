"""Every number of phase 4: what quantisation costs, what the packed file says, weighs and takes.

Legend: R rows, T tokens of a row, V vocabulary rows.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from agent_forge.artifacts import SAFETENSORS_TYPE
from agent_forge.data.streams import spread_rows
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.evaluation.decode_speed import decode_times
from agent_forge.evaluation.held_out import HeldOut, score_model
from agent_forge.evaluation.packed_size import PackedSize, measure_packed
from agent_forge.evaluation.record import record_score
from agent_forge.evaluation.timing import Times
from agent_forge.models.compiled_kernel import kernel_in_use
from agent_forge.models.device import best_device
from agent_forge.models.folder import load_model
from agent_forge.models.packed import as_stored, load_packed, write_packed
from agent_forge.models.thinking import sample_thoughts, select_places, talk, trace_text
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import PhaseContext
from agent_forge.phases.bitnet.calibration import calibrate, table_of, worst_of
from agent_forge.phases.bitnet.config import BitnetConfig
from agent_forge.training.thought_objective import following, generator_of

PACKED = "packed.safetensors"


def evaluate_model(
    context: PhaseContext,
    config: BitnetConfig,
    folders: Mapping[str, Path],
    tokenizer: TextTokenizer,
    stream: Tensor,
) -> None:
    """Record all measures through `context.tracker`; publish the packed file and the report.

    Args:
        folders: `input` and `ternary`.
        stream: encoded held-out text.
    """
    models = {name: load_model(folder).eval() for name, folder in folders.items()}
    path = context.work / PACKED
    write_packed(models["ternary"], path, config.storage)
    context.publish_artifact(PACKED, path, SAFETENSORS_TYPE)
    packed, rows_RT = load_packed(path), spread_rows(stream, config.seq_len, config.calibration_rows)
    context.tracker.progress(0, 4, "measuring on held-out text")
    rounded = rounded_only(models["input"], models["ternary"])
    scored = {**models, "ptq": rounded, "packed": packed}
    record_losses(context, config, scored, HeldOut.of(stream, tokenizer))
    record_thoughts(context, models, rows_RT)
    context.tracker.progress(1, 4, "comparing the packed file with the masters")
    record_agreement(context, packed, as_stored(models["ternary"], path), "", rows_RT)
    record_agreement(context, packed, models["ternary"], "_to_masters", rows_RT)
    context.tracker.progress(2, 4, "calibrating")
    layers = calibrate(models["ternary"], rows_RT, config.eval_batch_size)
    for name, (value, unit) in worst_of(layers).items():
        record(context, f"calibration/{name}", value, unit, "ternary")
    for layer in layers:
        record(context, f"{layer.name}/zero_share", layer.zero_share, "share of codes", "ternary")
    context.tracker.progress(3, 4, "timing")
    size = measure_packed(path, models["ternary"])
    record_size(context, size)
    times = decode_times({"input": models["input"], "packed": packed}, rows_RT[0], config.profile_repeats)
    record_times(context, times)
    report = {
        "layers": table_of(layers), "bytes": dict(size.groups), "kernel": kernel_in_use(),
        "millisecondsPerToken": {name: list(found.milliseconds) for name, found in times.items()},
    }  # fmt: skip
    profile = context.work / "profile.json"
    profile.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    context.publish_artifact("profile.json", profile, "application/json")
    context.tracker.progress(4, 4, "measured")


def rounded_only(before: TinyTitan, ternary: TinyTitan) -> TinyTitan:
    """The input's own weights, ternarised without a step of training."""
    return before.with_config(replace(before.config, quant=ternary.config.quant)).eval()


def record_losses(
    context: PhaseContext, config: BitnetConfig, models: Mapping[str, TinyTitan], held_out: HeldOut
) -> None:
    """Bits per byte of every model, and how far above the input's it is."""
    found = {}
    for name, model in models.items():
        # What was packed runs on the CPU.
        placed = model if name == "packed" else model.to(best_device())
        score = score_model(placed, held_out, config.seq_len, config.eval_stride, config.eval_batch_size)
        model.to("cpu")
        found[name] = score.bits_per_byte
        record_score(context.tracker, name, score)
    for name in found.keys() - {"input"}:
        record(context, f"{name}/loss_gap", found[name] / found["input"] - 1.0, "of the input's", name)


@torch.no_grad()
def record_thoughts(context: PhaseContext, models: Mapping[str, TinyTitan], rows_RT: Tensor) -> None:
    """Nats per token that were said after thoughts, of a model that thinks; nothing of another."""
    if not models["ternary"].config.thought.enabled:
        return
    losses = {name: thought_nll(model, rows_RT, context.seed) for name, model in models.items()}
    for name, value in losses.items():
        record(context, f"{name}/thought_nll", value, "nats/token", name)


def thought_nll(model: TinyTitan, rows_RT: Tensor, seed: int) -> float:
    """Mean loss of the true tokens behind sampled thoughts."""
    trace = trace_text(model, rows_RT[:, :-1])
    places, _ = select_places(model.config.thought, trace.logits_BTV)
    thoughts = sample_thoughts(model, trace, places, generator_of(seed, 0))
    return -float(talk(model, trace, places, thoughts, following(rows_RT, places, model)).talk_BMn.mean())


@torch.no_grad()
def record_agreement(
    context: PhaseContext, packed: TinyTitan, other: TinyTitan, ending: str, rows_RT: Tensor
) -> None:
    """Largest difference of a logit, and the share of places with the same first choice."""
    ours, theirs = (model(rows_RT[:, :-1]).logits_BTV for model in (packed, other))
    same = (ours.argmax(-1) == theirs.argmax(-1)).double().mean()
    record(context, f"packed/logit_difference{ending}", float((ours - theirs).abs().max()), "logits")
    record(context, f"packed/argmax_agreement{ending}", float(same), "share of places")


def record_size(context: PhaseContext, size: PackedSize) -> None:
    """Bytes by group, and every ratio with its denominator in its name."""
    for name, value in {"packed": size.packed, "fp32": size.fp32, "fp16": size.fp16}.items():
        record(context, f"{name}/file_bytes", float(value), "bytes")
    for name, value in size.groups.items():
        record(context, f"packed/bytes_of_{name.replace(' ', '_')}", float(value), "bytes")
    for ratio, found in size.ratios().items():
        record(context, f"packed/{ratio}", found, "times smaller")
    record(context, "packed/embedding_share", size.embedding_share, "share of parameters")


def record_times(context: PhaseContext, times: Mapping[str, Times]) -> None:
    """As measured on this machine; no gate asks for them."""
    for name, found in times.items():
        record(context, f"{name}/ms_per_token", found.median, "ms", name)
        record(context, f"{name}/ms_per_token_least", found.least, "ms", name)
    record(context, "packed/decode_speed_up", times["input"].median / times["packed"].median, "times faster")


def record(context: PhaseContext, name: str, value: float, unit: str, model: str = "packed") -> None:
    """One metric record over held-out text."""
    context.tracker.record(
        name, value, unit, source=f"{__name__}.evaluate_model", model=model, split="held_out"
    )
