"""Which prompts are baked in which order, and what they are asked. Prompts are data and nothing else."""

import random
from dataclasses import dataclass

from torch import Tensor

from agent_forge.data.tokenizer import BOS_ID, TextTokenizer
from agent_forge.phases.baking.config import UNION, BakingConfig

GUARD, REPORT = 0, 1  # halves of the probes: one decides when a bake ends, the other decides nothing


@dataclass(frozen=True)
class Probe:
    """A held-out input, and how a right answer begins where one is known."""

    input: str
    expected: str | None


@dataclass(frozen=True)
class Prompt:
    """A prompt, what it is trained and measured on; openings of the corpus where it names nothing."""

    name: str
    text: str
    inputs: tuple[str, ...]
    probes: tuple[Probe, ...]


@dataclass(frozen=True)
class Bake:
    """The `round`-th bake of the `prompt`-th prompt, both from 0."""

    prompt: int
    round: int


def prompts_of(config: BakingConfig) -> list[Prompt]:
    """Those of the settings; one made of all of them where they are baked together."""
    given = [
        Prompt(
            each["name"], each["text"], tuple(each.get("inputs", ())),
            tuple(Probe(probe["input"], probe.get("expected")) for probe in each.get("probes", ())),
        )
        for each in config.prompts
    ]  # fmt: skip
    if config.order != UNION or len(given) == 1:
        return given
    return [
        Prompt(
            UNION, "\n".join(each.text for each in given),
            tuple(text for each in given for text in each.inputs),
            tuple(probe for each in given for probe in each.probes),
        )
    ]  # fmt: skip


def following(config: BakingConfig, done: Bake, gain: float) -> Bake | None:
    """The bake after `done`, None where that was the last.

    Args:
        gain: nats a token by which `done` changed held-out answers; rounds end where it is too small.
    """
    if done.round + 1 < config.rounds and gain >= config.pursuit_gain:
        return Bake(done.prompt, done.round + 1)
    return Bake(done.prompt + 1, 0) if done.prompt + 1 < len(prompts_of(config)) else None


def training_inputs(
    prompt: Prompt, tokenizer: TextTokenizer, text: Tensor, config: BakingConfig, seed: int
) -> list[list[int]]:
    """Inputs to sample answers for, as many as `answers`, those of the prompt over and over."""
    named = [tokenizer.encode(each) for each in prompt.inputs]
    if named:
        return [named[place % len(named)] for place in range(config.answers)]
    return openings(text, config.answers, config.input_tokens, f"inputs:{seed}")


def probes_of(
    prompt: Prompt, tokenizer: TextTokenizer, text: Tensor, config: BakingConfig, half: int
) -> tuple[list[list[int]], list[str | None]]:
    """Held-out inputs, every second one that the prompt names or openings of text; and what is expected.

    Args:
        text: the half of the held-out text that these probes may come from.
        half: GUARD or REPORT.
    """
    named = prompt.probes[half::2]
    if named:
        return [tokenizer.encode(each.input) for each in named], [each.expected for each in named]
    found = openings(text, config.probe_count, config.input_tokens, f"probes:{prompt.name}:{half}")
    return found, [None] * len(found)


def openings(text: Tensor, count: int, length: int, seed: str) -> list[list[int]]:
    """Pieces of a token stream from random places, none across two documents where there are such.

    Args:
        text: (tokens,), at least `length` + 1; documents begin with a begin token.
    """
    rng = random.Random(seed)
    places = [place for place in range(len(text) - length) if BOS_ID not in text[place : place + length]]
    chosen = [rng.choice(places or [0]) for _ in range(count)]
    return [text[place : place + length].tolist() for place in chosen]
