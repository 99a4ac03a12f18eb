"""After each bake, every prompt that was baked so far once more: a later one may undo an earlier one."""

from dataclasses import replace
from pathlib import Path

from torch import Tensor

from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.phase import PhaseContext
from agent_forge.phases.baking.config import BakingConfig
from agent_forge.phases.baking.oven import Oven
from agent_forge.phases.baking.prompts import GUARD, following, probes_of, prompts_of
from agent_forge.training.answers import answer_all, distance, speaker

NATS = "nats/token"


def retest(
    context: PhaseContext,
    config: BakingConfig,
    oven: Oven,
    folder: Path,
    tokenizer: TextTokenizer,
    text: Tensor,
) -> Oven:
    """Record the whole matrix so far and decide what comes next.

    Args:
        oven: with the bake that has just ended.
        text: the half of the held-out text that decides.
    """
    prompts, last = prompts_of(config), oven.done[-1]
    after = oven.model(folder, len(oven.done), config.strength)
    row: dict[str, float] = {}
    gain = 0.0
    for number in dict.fromkeys(each.prompt for each in oven.done):
        prompt = prompts[number]
        teacher = oven.model(folder, oven.before(number), config.strength)
        inputs, _ = probes_of(prompt, tokenizer, text, config, GUARD)
        answers = answer_all(
            teacher, tokenizer.encode(prompt.text), inputs, config.answer_tokens, seed=context.seed + 2
        )
        found = distance(speaker(teacher), speaker(after), answers, config.eval_batch_size)
        row[prompt.name] = float(found.kl_N.mean())
        if number == last.prompt:
            before = oven.model(folder, len(oven.done) - 1, config.strength)
            moved = distance(
                speaker(after), speaker(before), answers.without_prompt(), config.eval_batch_size
            )  # fmt: skip
            gain = float(moved.kl_N.mean())
    rows = (*oven.retests, row)
    for place, each in enumerate(rows):
        for name, value in each.items():
            _record(context, f"after_bake_{place + 1}/{name}_kl", value)
    _record(context, f"after_bake_{len(rows)}/moved", gain)
    return replace(oven, retests=rows, next=following(config, last, gain))


def _record(context: PhaseContext, name: str, value: float) -> None:
    context.tracker.record(
        name, value, NATS, source=f"{__name__}.retest", model="baked", split="held_out"
    )  # fmt: skip
