"""Every number of phase 1: held-out loss of models, average and baselines; probes; who beats whom."""

import random
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from agent_forge.data.mixtures import Mixture
from agent_forge.data.packing import Sampler, synthetic_row
from agent_forge.data.tokenizer import RESERVED_ROWS, TextTokenizer
from agent_forge.evaluation import baselines, probes
from agent_forge.evaluation.held_out import HeldOut, score_model
from agent_forge.evaluation.record import record_score
from agent_forge.models.device import best_device
from agent_forge.models.folder import load_model
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import PhaseContext
from agent_forge.phases.cognate.config import CognateConfig
from agent_forge.phases.cognate.variants import BASE, VARIANTS

SOURCE = "agent_forge.evaluation"
HOPS = (1, 2, 3)
RECALLS = {"near": (0.25, 0), "full": (1.0, 0), "distant": (1.0, 20)}  # difficulty, words in between
GATED_BASELINES = ("byte_bigram", "token_unigram", "token_bigram")


def evaluate_models(
    context: PhaseContext, config: CognateConfig, folders: Mapping[str, Path], streams: Mapping[str, Tensor]
) -> None:
    """Record all measures through `context.tracker`.

    Args:
        folders: base and variants.
        streams: encoded `train` and `held_out` text.
    """
    tokenizer = TextTokenizer.of(folders["base"])
    held_out = HeldOut.of(streams["held_out"], tokenizer)
    bound = record_baselines(context, config, tokenizer, held_out, streams["train"])
    device = best_device()
    models = {name: load_model(folders[name], device) for name in ("base", *(v.name for v in VARIANTS))}
    task_vectors(context, models)
    models["average"] = averaged([models[v.name] for v in VARIANTS])
    for place, (name, model) in enumerate(models.items()):
        context.tracker.progress(place, len(models), f"evaluating {name}")
        record_held_out(context, config, name, model, held_out, bound)
        record_probes(context, config, name, model, tokenizer, held_out)


def averaged(models: list[TinyTitan]) -> TinyTitan:
    """The plain mean of all tensors."""
    mean = TinyTitan(models[0].config).to(models[0].device)
    states = [model.state_dict() for model in models]
    mean.load_state_dict(
        {name: torch.stack([state[name] for state in states]).mean(dim=0) for name in states[0]}
    )
    return mean


def task_vectors(context: PhaseContext, models: Mapping[str, TinyTitan]) -> None:
    """How far each variant went: |theta - theta_0| / |theta_0|."""
    base = torch.cat([t.flatten() for t in models["base"].state_dict().values()])
    for variant in VARIANTS:
        own = torch.cat([t.flatten() for t in models[variant.name].state_dict().values()])
        context.tracker.record(
            f"{variant.name}/relative_task_vector", float((own - base).norm() / base.norm()), "",
            source=f"{__name__}.task_vectors", model=variant.name,
        )  # fmt: skip


def text_seen(config: CognateConfig, tokenizer: TextTokenizer, stream: Tensor, seed: int) -> Tensor:
    """Every text window that the base or any variant was trained on, once."""

    def sampler(mixture: Mixture) -> Sampler:
        return Sampler(stream, tokenizer, config.seq_len, config.batch_size, seed, config.steps, mixture)

    share = config.synthetic_share
    numbers = sampler(BASE.mixture(share)).text_numbers(range(config.base_steps))
    for variant in VARIANTS:
        numbers |= sampler(variant.mixture(share)).text_numbers(range(config.base_steps, config.steps))
    return sampler(Mixture()).text_windows(numbers)


def record_baselines(
    context: PhaseContext, config: CognateConfig, tokenizer: TextTokenizer, held_out: HeldOut, stream: Tensor
) -> float:
    """Baselines on what the models saw, Kneser-Ney on all encoded train text; returns the best gated one."""
    seen = text_seen(config, tokenizer, stream, context.seed)
    usable = len(tokenizer) - RESERVED_ROWS
    everything = stream.long()[None]
    scores = {
        "byte_bigram": baselines.byte_bigram(seen, held_out),
        "token_unigram": baselines.token_unigram(seen, held_out, usable),
        "token_bigram": baselines.token_bigram(seen, held_out, usable),
        "kneser_ney_bigram": baselines.kneser_ney_bigram(everything, held_out, usable),
    }
    for name, value in scores.items():
        context.tracker.record(
            f"{name}/bits_per_byte", value, "bits/byte", source=f"{SOURCE}.baselines.{name}", split="held_out"
        )
    context.tracker.record(
        "baselines/text_tokens_seen", float(seen[:, 1:].numel()), "tokens", source=f"{__name__}.text_seen"
    )
    return min(scores[name] for name in GATED_BASELINES)


def record_held_out(
    context: PhaseContext, config: CognateConfig, name: str, model: TinyTitan, held_out: HeldOut, bound: float
) -> None:
    """Bits per byte, perplexity, ponder steps on text, and the distance to the best gated baseline."""
    score = score_model(model, held_out, config.seq_len, config.eval_stride, config.eval_batch_size)
    record_score(context.tracker, name, score)
    values = {
        "ponder_steps": (score.ponder_steps, "steps/token"),
        "margin_over_baselines": (bound - score.bits_per_byte, "bits/byte"),
    }
    for measure, (value, unit) in values.items():
        context.tracker.record(
            f"{name}/{measure}",
            value,
            unit,
            source=f"{SOURCE}.held_out.score_model",
            model=name,
            split="held_out",
        )


def record_probes(
    context: PhaseContext,
    config: CognateConfig,
    name: str,
    model: TinyTitan,
    tokenizer: TextTokenizer,
    held_out: HeldOut,
) -> None:
    """Hops, recall and ponder spread of one model; the same items for every model."""
    seed, items, batch = context.seed, config.probe_items, config.eval_batch_size
    hops = {k: probes.score_probe(model, probes.hops_probe(tokenizer, items, seed, k), batch) for k in HOPS}
    recalls = {
        kind: probes.score_probe(model, probes.recall_probe(tokenizer, items, seed, *setting), batch)
        for kind, setting in RECALLS.items()
    }
    steps = probes.ponder_steps(model, ponder_rows(config, tokenizer, held_out, seed))
    values = {
        "hops_accuracy": sum(s.accuracy for s in hops.values()) / len(hops),
        "recall_accuracy": sum(s.accuracy for s in recalls.values()) / len(recalls),
        "ponder_spread": float(steps.std(correction=0)),
        **{
            f"ponder_share_{taken}": float((steps == taken).double().mean())
            for taken in range(1, model.config.act.n_max + 1)
        },
        **{f"hops_accuracy_{k}": s.accuracy for k, s in hops.items()},
        **{f"recall_accuracy_{kind}": s.accuracy for kind, s in recalls.items()},
        "hops_answer_bits": sum(s.answer_bits for s in hops.values()) / len(hops),
        "recall_answer_bits": sum(s.answer_bits for s in recalls.values()) / len(recalls),
    }
    for measure, value in values.items():
        unit = (
            "steps" if measure == "ponder_spread" else "bits/token" if measure.endswith("bits") else "share"
        )
        context.tracker.record(
            f"{name}/{measure}", value, unit, source=f"{SOURCE}.probes", model=name, split="probe"
        )


def ponder_rows(config: CognateConfig, tokenizer: TextTokenizer, held_out: HeldOut, seed: int) -> Tensor:
    """Rows from easy to hard: held-out text, and both synthetic tasks at every difficulty."""
    count = min(16, config.eval_batch_size)
    text = probes.text_rows(held_out, config.seq_len, count)
    rows = [
        synthetic_row(
            tokenizer, "graded", random.Random(f"ponder:{seed}:{i}"), (i + 1) / len(text), text.shape[1]
        )[0][:-1]
        for i in range(len(text))
    ]
    return torch.cat([text, torch.stack(rows)])
