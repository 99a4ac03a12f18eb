"""What a prompt does to held-out answers, and how much of that the weights do without it.

Legend: N answers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.models.titan import TinyTitan
from agent_forge.phases.baking.config import BakingConfig
from agent_forge.phases.baking.oven import Oven
from agent_forge.phases.baking.prompts import REPORT, Prompt, probes_of, prompts_of
from agent_forge.training.answers import (
    Answers,
    Distance,
    Speaker,
    answer_all,
    distance,
    likeliest_answers,
    log_likelihood,
    speaker,
)


@dataclass(frozen=True)
class Asked:
    """One prompt's held-out probes, what the prompted model said, and what it would say first."""

    prompt: Prompt
    ids: list[int]
    inputs: list[list[int]]
    expected: list[str | None]
    teacher: TinyTitan
    answers: Answers
    prompted: list[list[int]]


@dataclass(frozen=True)
class Behaviour:
    """How a model answers the probes; per probe, (N,), over all prompts."""

    kl_N: Tensor
    agreement_N: Tensor
    exact_N: Tensor
    trait_N: Tensor
    first: list[list[int]]


def ask_all(
    config: BakingConfig, oven: Oven, folder: Path, tokenizer: TextTokenizer, text: Tensor, seed: int
) -> list[Asked]:
    """The teacher of each prompt, as it was before the prompt's first bake, and its answers.

    Args:
        text: the half of the held-out text that decides nothing.
    """
    asked = []
    for number, prompt in enumerate(prompts_of(config)):
        teacher = oven.model(folder, oven.before(number), config.strength)
        inputs, expected = probes_of(prompt, tokenizer, text, config, REPORT)
        ids, length = tokenizer.encode(prompt.text), config.answer_tokens
        answers = answer_all(teacher, ids, inputs, length, seed=seed)
        first = likeliest_answers(teacher, ids, inputs, length)
        asked.append(Asked(prompt, ids, inputs, expected, teacher, answers, first))
    return asked


def behaviour(config: BakingConfig, model: TinyTitan, asked: Sequence[Asked], seed: int) -> Behaviour:
    """Measure a model that is given no prompt."""
    distances, exact, traits, first = [], [], [], list[list[int]]()
    for each in asked:
        teacher = speaker(each.teacher)
        distances.append(distance(teacher, speaker(model), each.answers, config.eval_batch_size))
        said = likeliest_answers(model, [], each.inputs, config.answer_tokens)
        exact.append(torch.tensor([mine == theirs for mine, theirs in zip(said, each.prompted, strict=True)]))
        spoken = answer_all(model, [], each.inputs, config.answer_tokens, seed=seed)
        traits.append(trait(teacher, with_prompt(spoken, each.ids), config.eval_batch_size))
        first += said
    return Behaviour(
        torch.cat([each.kl_N for each in distances]), torch.cat([each.agreement_N for each in distances]),
        torch.cat(exact).double(), torch.cat(traits), first,
    )  # fmt: skip


def reprompted(config: BakingConfig, model: TinyTitan, asked: Sequence[Asked]) -> Distance:
    """What the prompt does to a model that it was baked into."""
    found = [
        distance(speaker(each.teacher), speaker(model), each.answers, config.eval_batch_size, prompted=True)
        for each in asked
    ]
    return Distance(torch.cat([each.kl_N for each in found]), torch.cat([each.agreement_N for each in found]))


def trait(teacher: Speaker, answers: Answers, batch_size: int) -> Tensor:
    """By how much likelier each answer is to the frozen model with the prompt, (N,) nats a token.

    It is above 0 for answers that the prompt accounts for, whoever gave them.
    """
    with_it, without = (
        log_likelihood(teacher, answers, batch_size, prompted=prompted) for prompted in (True, False)
    )
    return with_it - without


def with_prompt(answers: Answers, ids: Sequence[int]) -> Answers:
    """Answers that were given without a prompt, as if one had been there."""
    prompt = torch.tensor(ids).expand(len(answers), -1)
    heard = torch.cat([answers.said_NT[:, :1], prompt, answers.said_NT[:, 1:]], dim=1)
    return Answers(heard, answers.said_NT, answers.answer_NT, len(ids))


def expected_share(
    tokenizer: TextTokenizer, asked: Sequence[Asked], first: Sequence[Sequence[int]]
) -> float | None:
    """Share of the probes with a known answer whose first choice begins with it; None where none is known."""
    expected = [text for each in asked for text in each.expected]
    known = [(text, said) for text, said in zip(expected, first, strict=True) if text is not None]
    if not known:
        return None
    return sum(tokenizer.decode(said).startswith(text) for text, said in known) / len(known)
