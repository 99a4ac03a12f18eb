"""Every number of phase 6, the verdict that they come to, and answers to read."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from torch import Tensor

from agent_forge.artifacts import publish_json
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.evaluation.bootstrap import bootstrap, mean
from agent_forge.evaluation.held_out import HeldOut
from agent_forge.evaluation.record import record_score
from agent_forge.gates import failed_gates
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import PhaseContext
from agent_forge.phases.baking.config import BakingConfig
from agent_forge.phases.baking.keeping import nats_per_token, recited, retained_kl, scored
from agent_forge.phases.baking.oven import Oven
from agent_forge.phases.baking.probing import (
    Asked,
    Behaviour,
    ask_all,
    behaviour,
    expected_share,
    reprompted,
    trait,
)
from agent_forge.training.answers import distance, speaker
from agent_forge.training.baked_answers import BAKED_ANSWERS, baked_of, write_baked

NATS = "nats/token"
TOKENS, PROBES = "share of tokens", "share of probes"
STRENGTHS = (0.25, 0.5, 0.75)
SHOWN = 4  # answers to read, per prompt
Figures = dict[str, tuple[float, str]]


def evaluate_bakes(
    context: PhaseContext, config: BakingConfig, oven: Oven, folder: Path, tokenizer: TextTokenizer,
    streams: Mapping[str, Tensor],
) -> bool:  # fmt: skip
    """Record all measures, publish some answers; whether every gate holds and the baked model goes on.

    All answers lie in the scratch folder then, for the model to take along.
    """
    context.tracker.progress(0, 3, "asking with and without the prompt")
    asked = ask_all(config, oven, folder, tokenizer, streams["report"], context.seed + 3)
    models = {
        name: oven.model(folder, bakes, config.strength)
        for name, bakes in (("input", 0), ("baked", len(oven.done)))
    }
    found = {name: behaviour(config, model, asked, context.seed + 4) for name, model in models.items()}
    figures = behaviour_figures(config, tokenizer, asked, found, context.seed)
    figures |= strength_figures(config, oven, folder, asked)
    again = reprompted(config, models["baked"], asked)
    figures["reprompted/kl"] = (float(again.kl_N.mean()), NATS)
    figures["reprompted/agreement"] = (float(again.agreement_N.mean()), TOKENS)
    context.tracker.progress(1, 3, "measuring what should have stayed")
    figures |= kept_figures(context, config, models, asked, tokenizer, streams)
    for name, (value, unit) in figures.items():
        record(context, name, value, unit)
    context.tracker.progress(2, 3, "writing down some answers")
    publish_answers(context, tokenizer, asked, found)
    write_baked(
        context.work / BAKED_ANSWERS, [baked_of(speaker(each.teacher), each.answers) for each in asked]
    )  # fmt: skip
    failed = failed_gates("baking", {name: value for name, (value, _) in figures.items()})
    record(context, "baked/accepted", float(not failed), "1 = baked, 0 = unbaked")
    publish_json(context, "verdict", {"accepted": not failed, "failed": failed})
    if failed:
        context.tracker.warning(
            "numeric", f"The unbaked model goes on: {'; '.join(failed)}.", {"failed": failed}
        )  # fmt: skip
    context.tracker.progress(3, 3, "the unbaked model goes on" if failed else "the baked model goes on")
    return not failed


def behaviour_figures(
    config: BakingConfig,
    tokenizer: TextTokenizer,
    asked: Sequence[Asked],
    found: Mapping[str, Behaviour],
    seed: int,
) -> Figures:
    """How near the unprompted answers are to the prompted ones, before and after."""
    figures: Figures = {}
    for name, each in found.items():
        figures |= {
            f"{name}/kl": (float(each.kl_N.mean()), NATS),
            f"{name}/agreement": (float(each.agreement_N.mean()), TOKENS),
            f"{name}/exact": (float(each.exact_N.mean()), PROBES),
            f"{name}/trait": (float(each.trait_N.mean()), NATS),
        }
    prompted = [trait(speaker(each.teacher), each.answers, config.eval_batch_size).mean() for each in asked]
    figures["prompted/trait"] = (float(sum(prompted)) / len(prompted), NATS)
    said = {name: each.first for name, each in found.items()}
    said["prompted"] = [answer for each in asked for answer in each.prompted]
    for name, first in said.items():
        share = expected_share(tokenizer, asked, first)
        if share is not None:
            figures[f"{name}/expected"] = (share, PROBES)
    before, after = found["input"], found["baked"]
    for measure, unit in (("exact", PROBES), ("agreement", TOKENS)):
        change_N = getattr(after, f"{measure}_N") - getattr(before, f"{measure}_N")
        gain = bootstrap(mean, change_N[:, None], draws=config.bootstrap_draws, seed=seed)
        for ending, value in (("", gain.value), ("_low", gain.low), ("_high", gain.high)):
            figures[f"baked/{measure}_gain{ending}"] = (value, unit)
    return figures


def strength_figures(config: BakingConfig, oven: Oven, folder: Path, asked: Sequence[Asked]) -> Figures:
    """The divergence with less of the change added: half-baked models."""
    figures: Figures = {}
    for share in STRENGTHS:
        model = oven.model(folder, len(oven.done), share * config.strength)
        found = [
            distance(speaker(each.teacher), speaker(model), each.answers, config.eval_batch_size).kl_N.mean()
            for each in asked
        ]
        figures[f"strength_{round(100 * share)}/kl"] = (float(sum(found)) / len(found), NATS)
    return figures


def kept_figures(
    context: PhaseContext, config: BakingConfig, models: Mapping[str, TinyTitan], asked: Sequence[Asked],
    tokenizer: TextTokenizer, streams: Mapping[str, Tensor],
) -> Figures:  # fmt: skip
    """What the bake cost elsewhere, and whether the prompt can be got out of the weights."""
    held_out = HeldOut.of(streams["held_out"], tokenizer)
    scores = {name: scored(config, model, held_out) for name, model in models.items()}
    for name, score in scores.items():
        record_score(context.tracker, name, score)
    before, after = models["input"], models["baked"]
    forgotten = nats_per_token(scores["baked"]) - nats_per_token(scores["input"])
    kl = retained_kl(config, before, after, tokenizer, streams["report"], context.seed)
    prompts = [each.ids for each in asked]
    return {
        "baked/forgotten": (forgotten, NATS),
        "retain/kl": (kl, NATS),
        "canary/recited_before": (recited(before, tokenizer, prompts), "share of the prompt"),
        "canary/recited": (recited(after, tokenizer, prompts), "share of the prompt"),
    }


def publish_answers(
    context: PhaseContext, tokenizer: TextTokenizer, asked: Sequence[Asked], found: Mapping[str, Behaviour]
) -> None:
    """The first probes of each prompt with the answers of first choices: prompted, and unprompted twice."""
    shown, place = [], 0
    for each in asked:
        for number, tokens in enumerate(each.inputs):
            if number < SHOWN:
                said = {
                    name: tokenizer.decode(found[name].first[place + number]) for name in ("input", "baked")
                }
                shown.append({
                    "prompt": each.prompt.name, "input": tokenizer.decode(tokens), "before": said["input"],
                    "after": said["baked"], "prompted": tokenizer.decode(each.prompted[number]),
                })  # fmt: skip
        place += len(each.inputs)
    publish_json(context, "answers", {"schemaVersion": 1, "answers": shown})


def record(context: PhaseContext, name: str, value: float, unit: str) -> None:
    """One metric record over held-out inputs."""
    subject = name.partition("/")[0]
    context.tracker.record(
        name, value, unit, source=f"{__name__}.evaluate_bakes",
        model=subject if subject in ("input", "baked") else "baked", split="held_out",
    )  # fmt: skip
