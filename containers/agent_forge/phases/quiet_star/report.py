"""Every number of phase 3, and the verdict: an effect that is none is a result like any other.

Legend: R rows, T tokens of a row, P places of a row.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from agent_forge.data.streams import spread_rows
from agent_forge.data.tokenizer import BOS_ID, TextTokenizer
from agent_forge.evaluation.bootstrap import bootstrap, correlation, mean
from agent_forge.evaluation.held_out import HeldOut, score_model
from agent_forge.evaluation.record import record_score
from agent_forge.gates import failed_gates
from agent_forge.models.thinking import without_thoughts
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import PhaseContext
from agent_forge.phases.quiet_star.coherence import (
    Heard,
    distinct_2,
    listen,
    most_common_share,
    plain_log_probs,
)
from agent_forge.phases.quiet_star.config import QuietStarConfig

NATS = "nats/token"
EXAMPLES = 16
CONTEXT = 24  # tokens of text shown before a thought


def evaluate_models(
    context: PhaseContext,
    config: QuietStarConfig,
    models: Mapping[str, TinyTitan],
    tokenizer: TextTokenizer,
    held_out: Tensor,
) -> None:
    """Record all measures and the verdict through `context.tracker`, and publish some thoughts.

    Args:
        models: `thinking`, `control` and `input`.
        held_out: encoded text that no model was trained on.
    """
    thinking = models["thinking"].eval()
    rows_RT = spread_rows(held_out, config.seq_len, config.eval_rows).to(thinking.device)
    text = held_out[held_out != BOS_ID].long()
    context.tracker.progress(0, 3, "listening to thoughts")
    heard = listen(thinking, rows_RT, config.eval_batch_size, text, context.seed)
    record_bits(context, config, models, HeldOut.of(held_out, tokenizer))
    context.tracker.progress(1, 3, "comparing with the model without them")
    others = {
        name: plain_log_probs(models[name].eval(), rows_RT, heard.places, config.n_true)
        for name in ("input", "control")
    }
    values = gains(heard, others, config, context.seed) | thought_numbers(heard)
    values["thoughts/off_difference"] = (off_difference(thinking, rows_RT), "logits")
    for name, (value, unit) in values.items():
        record(context, name, value, unit)
    effect = has_effect({name: value for name, (value, _) in values.items()})
    record(context, "thoughts/effect", float(effect), "1 = effect, 0 = no effect")
    context.tracker.progress(2, 3, "writing down some thoughts")
    publish_examples(context, tokenizer, rows_RT.cpu(), heard)
    context.tracker.progress(3, 3, "thoughts have an effect" if effect else "thoughts have no effect")


def record_bits(
    context: PhaseContext, config: QuietStarConfig, models: Mapping[str, TinyTitan], held_out: HeldOut
) -> None:
    """Bits per byte and perplexity of each model without its thoughts, as every phase measures them."""
    for name, model in models.items():
        score = score_model(model, held_out, config.seq_len, config.seq_len, config.eval_batch_size)
        record_score(context.tracker, name, score)


def gains(
    heard: Heard, others: Mapping[str, Tensor], config: QuietStarConfig, seed: int
) -> dict[str, tuple[float, str]]:
    """Differences in mean log p with their intervals over rows, and the losses themselves.

    The correlation is that of a thought's reward (own words against another row's) with the gain of an
    independent second thought at the same place, so that it does not hold by construction.
    """
    # Places that do not count are left out by weight 0; a row's places share its draw.
    counted = heard.counted.float()
    keep = counted.sum(dim=1) > 0
    if not bool(keep.any()):
        keep, counted = torch.ones_like(keep), torch.ones_like(counted)
    share = counted * len(counted) * counted.shape[1] / counted.sum()
    found: dict[str, tuple[float, str]] = {}
    differences = {
        "gain": heard.own - heard.without,
        "gain_over_shuffled": heard.own - heard.shuffled,
        "ablation_drop": heard.own - heard.random,
        "gain_over_control": heard.own - others["control"],
        "gain_over_input": heard.own - others["input"],
    }
    for name, difference in differences.items():
        estimate = bootstrap(mean, difference * share, draws=config.bootstrap_draws, seed=seed)
        found |= {
            f"thoughts/{name}": (estimate.value, NATS),
            f"thoughts/{name}_low": (estimate.low, NATS),
            f"thoughts/{name}_high": (estimate.high, NATS),
        }
    reward, gain = ((x * counted)[keep] for x in (heard.own - heard.shuffled, heard.again - heard.without))
    estimate = bootstrap(correlation, reward, gain, draws=config.bootstrap_draws, seed=seed)
    for suffix, value in (("", estimate.value), ("_low", estimate.low), ("_high", estimate.high)):
        found[f"thoughts/reward_gain_correlation{suffix}"] = (value, "")
    losses = {"thoughts": heard.own, "quiet": heard.without, "shuffled": heard.shuffled,
              "random": heard.random, **others}  # fmt: skip
    return found | {f"{name}/nll": (-float((v * share).mean()), NATS) for name, v in losses.items()}


def thought_numbers(heard: Heard) -> dict[str, tuple[float, str]]:
    """Signs of collapse, and how often and how much thoughts are used."""
    counted = heard.counted
    chosen = counted if bool(counted.any()) else torch.ones_like(counted)
    return {
        "thoughts/distinct_2": (distinct_2(heard.thoughts[chosen]), "share of pairs"),
        "thoughts/most_common_share": (most_common_share(heard.thoughts[chosen]), "share of places"),
        "thoughts/positive_share": (
            float((heard.own > heard.without)[chosen].double().mean()),
            "share of places",
        ),
        "thoughts/mean_weight": (float(heard.weight[chosen].mean()), ""),
        "thoughts/places": (float(counted.sum()), "places"),
    }


@torch.no_grad()
def off_difference(model: TinyTitan, rows_RT: Tensor) -> float:
    """Largest difference between the model with thoughts not used and its weights without the block."""
    probe = rows_RT[:2, :32]
    plain = without_thoughts(model).to(model.device).eval()
    return float((model(probe).logits_BTV - plain(probe).logits_BTV).abs().max())


def has_effect(values: Mapping[str, float]) -> bool:
    """True where every reported gate of the contract holds; one that fails means: no effect."""
    return not failed_gates("quiet-star", values)


def publish_examples(context: PhaseContext, tokenizer: TextTokenizer, rows_RT: Tensor, heard: Heard) -> None:
    """Some places with the text before, the thought, the true tokens and what it was worth."""
    count = heard.thoughts.shape[1]
    examples = []
    for number in torch.linspace(0, len(rows_RT) * count - 1, EXAMPLES).round().long().tolist():
        row, place = divmod(number, count)
        at = int(heard.places[row, place])
        examples.append({
            "text": tokenizer.decode(rows_RT[row, max(0, at + 1 - CONTEXT) : at + 1].tolist()),
            "thought": tokenizer.decode(heard.thoughts[row, place].tolist()),
            "then": tokenizer.decode(rows_RT[row, at + 1 : at + 1 + context.config["n_true"]].tolist()),
            "gain": round(float(heard.own[row, place] - heard.without[row, place]), 6),
            "weight": round(float(heard.weight[row, place]), 6),
        })  # fmt: skip
    path: Path = context.work / "thoughts.json"
    path.write_text(json.dumps(examples, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    context.publish_artifact("thoughts", path, "application/json")


def record(context: PhaseContext, name: str, value: float, unit: str) -> None:
    """One metric record over held-out text."""
    subject = name.partition("/")[0]
    model = {"control": "control", "input": "input"}.get(subject, "thinking")
    context.tracker.record(
        name, value, unit, source=f"{__name__}.evaluate_models", model=model, split="held_out"
    )
