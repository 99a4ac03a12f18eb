"""Every number of phase 8: bytes on disk and in memory, loss, speed, and what each codec came to."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import torch

from agent_forge.artifacts import publish_json
from agent_forge.codecs.allocation import total_distortion, total_rate
from agent_forge.codecs.container import read_container
from agent_forge.codecs.registry import CANDIDATES, CODECS
from agent_forge.compression.decoded import as_run, resident_bytes
from agent_forge.compression.encodings import Item
from agent_forge.compression.search import Attempt
from agent_forge.compression.selection import Catalogue, single_choices
from agent_forge.data.streams import spread_rows
from agent_forge.evaluation.decode_speed import decode_times
from agent_forge.evaluation.packed_size import file_bytes
from agent_forge.evaluation.record import record_score
from agent_forge.models.folder import load_model, weights_hash
from agent_forge.phase import PhaseContext
from agent_forge.phases.compression.texts import Bench, nats_per_token

BYTES, NATS, TIMES = "bytes", "nats/token", "times smaller"
Figures = dict[str, tuple[float, str]]


@dataclass(frozen=True)
class Outcome:
    """What was chosen and written. `folder` holds the decoded model, `weights` the hash of its weights."""

    catalogue: Catalogue
    attempt: Attempt
    path: Path
    folder: Path
    weights: str

    @property
    def tensors_per_codec(self) -> dict[str, int]:
        """How many tensors are stored in each codec; 0 where it brought nothing."""
        used = Counter(
            each.codec for _, each in self.catalogue.contents(self.attempt.chosen).tensors.values()
        )
        return {name: used[name] for name in CODECS}

    @property
    def without_gain(self) -> list[str]:
        """Codecs that were tried and brought no gain for any tensor."""
        tried = {CANDIDATES[item.candidate].codec for item in self.catalogue.results}
        return sorted(name for name in tried if self.tensors_per_codec[name] == 0)


def figures_of(context: PhaseContext, bench: Bench, outcome: Outcome) -> Figures:
    """Measure the file that was written, and record everything."""
    figures = {**size_figures(outcome), **codec_figures(outcome), **search_figures(bench, outcome)}
    figures |= loss_figures(context, bench, outcome)
    figures |= run_figures(bench, outcome)
    for name, (value, unit) in figures.items():
        subject = name.partition("/")[0]
        model = subject if subject in ("input", "compressed") else "compressed"
        source = f"{__name__}.figures_of"
        context.tracker.record(name, value, unit, source=source, model=model, split="held_out")
    record_tensors(context, outcome)
    return figures


def record_tensors(context: PhaseContext, outcome: Outcome) -> None:
    """Bytes of every tensor in the file, and what its codec was predicted to cost where one was chosen.

    Bytes of a codebook that several tensors share stand under its own name.
    """
    catalogue, chosen = outcome.catalogue, outcome.attempt.chosen
    contents, source = catalogue.contents(chosen), f"{__name__}.record_tensors"
    stored = {name: each.stored for name, (_, each) in contents.tensors.items()}
    for name, each in contents.families.items():
        stored[re.sub(r"[^A-Za-z0-9_.-]+", "_", f"codebook_{name}")] = each.stored
    for name, size in stored.items():
        context.tracker.record(f"{name}/stored_bytes", float(size), BYTES, source=source, model="compressed")
    for name, choice in chosen.items():
        loss = catalogue.results[Item(catalogue.slots[name].family, choice.name)].errors[name]
        loss *= catalogue.sensitivities[name]
        context.tracker.record(f"{name}/distortion", loss, NATS, source=source, model="compressed")


def size_figures(outcome: Outcome) -> Figures:
    """Bytes to download, against the same model in fp32 and fp16."""
    state = {slot.name: slot.weight for slot in outcome.catalogue.slots.values()}
    size, fp32 = outcome.path.stat().st_size, file_bytes(state, torch.float32)
    fp16 = file_bytes(state, torch.float16)
    return {
        "compressed/file_bytes": (float(size), BYTES), "input/file_bytes": (float(fp32), BYTES),
        "compressed/ratio_fp32_file": (fp32 / size, TIMES),
        "compressed/ratio_fp16_file": (fp16 / size, TIMES),
        "compressed/bits_per_weight": (8 * size / outcome.catalogue.weights, "bits, of all weights"),
        "compressed/byte_error": (outcome.attempt.byte_error, "of the file's bytes"),
    }  # fmt: skip


def codec_figures(outcome: Outcome) -> Figures:
    """Bytes and tensors per codec, and what the lossless pass saved: 0 is no gain."""
    contents = outcome.catalogue.contents(outcome.attempt.chosen)
    packed = [*(each for _, each in contents.tensors.values()), *contents.families.values()]
    figures: Figures = {}
    for name in CODECS:
        stored = sum(each.stored for each in packed if each.codec == name)
        figures[f"compressed/bytes_of_{name}"] = (float(stored), BYTES)
        figures[f"compressed/tensors_of_{name}"] = (float(outcome.tensors_per_codec[name]), "tensors")
    before = sum(len(data) for each in packed for data in each.encoded.streams.values())
    saved = before - sum(each.stored for each in packed)
    figures["lossless/saved_bytes"] = (float(saved), BYTES)
    header = outcome.path.stat().st_size - sum(each.stored for each in packed)
    figures["compressed/bytes_of_header"] = (float(header), BYTES)
    return figures


def search_figures(bench: Bench, outcome: Outcome) -> Figures:
    """How well the choice was predicted, and what one codec for everything would take for no more loss."""
    attempt, catalogue = outcome.attempt, outcome.catalogue
    as_good = [
        total_rate(chosen) + catalogue.fixed_bytes
        for chosen in single_choices(catalogue).values()
        if total_distortion(chosen) <= attempt.predicted_loss
    ]
    figures: Figures = {
        "choice/within_budget": (float(bench.config.budget(catalogue.weights).holds(attempt)), "1 = yes"),
        "choice/attempts": (float(attempt.number + 1), "files"),
        "choice/predicted_loss": (attempt.predicted_loss, NATS),
        "choice/measured_loss": (attempt.measured_loss, NATS),
        "choice/additivity_error": (attempt.additivity_error, NATS),
    }
    return figures | {"single/file_bytes": (float(min(as_good)), BYTES)}


def loss_figures(context: PhaseContext, bench: Bench, outcome: Outcome) -> Figures:
    """Loss on all held-out text, as other phases measure it, and its rise where nothing was decided."""
    models = {"input": load_model(bench.folder), "compressed": load_model(outcome.folder)}
    nats = {}
    for name, model in models.items():
        record_score(context.tracker, name, bench.score(model.eval(), bench.held_out("held_out")))
        nats[name] = nats_per_token(bench.score(model, bench.held_out("report")))
    decoded = read_container(outcome.path).tensors
    state = load_model(outcome.folder).state_dict()
    differs = sum(not torch.equal(state[name], tensor) for name, tensor in decoded.items())
    differs += weights_hash(outcome.folder) != outcome.weights
    return {
        "compressed/cost": (nats["compressed"] - nats["input"], NATS),
        "compressed/mismatched_tensors": (float(differs), "tensors"),
    }


def run_figures(bench: Bench, outcome: Outcome) -> Figures:
    """Bytes in memory and time of a token, from packed codes where the model is ternary."""
    models = {"input": load_model(bench.folder).eval(), "compressed": as_run(load_model(outcome.folder))}
    row_T = spread_rows(bench.streams["held_out"], bench.config.seq_len, 1)[0]
    times = decode_times(models, row_T, bench.config.profile_repeats)
    figures: Figures = {}
    for name, model in models.items():
        figures[f"{name}/resident_bytes"] = (float(resident_bytes(model)), BYTES)
        figures[f"{name}/ms_per_token"] = (times[name].median, "ms")
        figures[f"{name}/ms_per_token_least"] = (times[name].least, "ms")
    return figures


def publish_table(context: PhaseContext, outcome: Outcome) -> None:
    """Which tensor is stored how, and every way that was tried with its bytes, error and predicted loss."""
    catalogue, chosen = outcome.catalogue, outcome.attempt.chosen
    table = catalogue.table()
    publish_json(context, "choices", {
        "schemaVersion": 1,
        "tensors": [
            {
                "name": slot.name, "shape": list(slot.weight.shape), "family": slot.family,
                "chosen": chosen[slot.name].name if slot.name in chosen else catalogue.fixed[slot.name].codec,
                "sensitivity": catalogue.sensitivities.get(slot.name),
                "tried": [
                    {
                        "candidate": each.name, "bytes": each.rate, "codebookBytes": each.book_rate,
                        "predictedLoss": each.distortion,
                        "relativeError": catalogue.results[Item(slot.family, each.name)].errors[slot.name],
                    }
                    for each in table.get(slot.name, [])
                ],
            }
            for slot in catalogue.slots.values()
        ],
    })  # fmt: skip
