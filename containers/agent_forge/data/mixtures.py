"""Synthetic tasks as plain text: associative recall and walks along a graph.

A task yields segments (text, scored). Scored segments can be worked out from what stands before them; the
rest is drawn at random and carries no loss. Single letters and digits next to each other fall into separate
tokens for any byte-level BPE.
"""

import random
import string
from collections.abc import Callable
from dataclasses import dataclass

Segment = tuple[str, bool]
Task = Callable[[random.Random, float], list[Segment]]

MOST_PAIRS, FEWEST_PAIRS = 16, 4
MOST_DISTANCE = 20
DISTRACTIONS = (
    "and", "but", "the", "of", "to", "in", "we", "our", "that", "for",
    "by", "all", "with", "which", "have", "been", "this", "from", "as",
)  # fmt: skip
SYMBOLS = 8
MOST_HOPS = 3
QUERIES = 12


def recall(rng: random.Random, difficulty: float, distance: int = 0) -> list[Segment]:
    """Letters with a digit each, then the same letters twice in other orders: `@c3k2a7?a7c3k2k2a7c3`.

    Args:
        rng: source of the facts.
        difficulty: 0..1, scales the number of pairs.
        distance: words that have nothing to do with it between the list and the questions.
    """
    count = FEWEST_PAIRS + round(difficulty * (MOST_PAIRS - FEWEST_PAIRS))
    keys = rng.sample(string.ascii_lowercase, count)
    values = {key: str(rng.randrange(10)) for key in keys}
    between = "".join(f" {rng.choice(DISTRACTIONS)}" for _ in range(distance))
    segments: list[Segment] = [("@" + "".join(key + values[key] for key in keys) + between + "?", False)]
    for key in (*rng.sample(keys, count), *rng.sample(keys, count)):
        segments += [(key, False), (values[key], True)]
    return [*segments, ("\n", False)]


def hops(rng: random.Random, difficulty: float) -> list[Segment]:
    """A random cycle through letters and digits, then walks along it: `#a3;3c;c7;7a;?c7a3;`.

    Args:
        rng: source of the facts.
        difficulty: 0..1, scales the longest walk.
    """
    most = 1 + round(difficulty * (MOST_HOPS - 1))
    following = cycle(rng)
    segments: list[Segment] = [(facts(rng, following), False)]
    for _ in range(QUERIES):
        segments += walk(rng.choice(sorted(following)), rng.randint(1, most), following)
    return [*segments, ("\n", False)]


def cycle(rng: random.Random) -> dict[str, str]:
    """What follows each symbol of a random cycle; letters and digits take turns, so each stays a token."""
    letters = rng.sample(string.ascii_lowercase, SYMBOLS // 2)
    digits = rng.sample(string.digits, SYMBOLS // 2)
    order = [symbol for pair in zip(letters, digits, strict=True) for symbol in pair]
    return dict(zip(order, order[1:] + order[:1], strict=True))


def facts(rng: random.Random, following: dict[str, str]) -> str:
    """All edges of the cycle in random order."""
    return "#" + "".join(f"{a}{following[a]};" for a in rng.sample(sorted(following), len(following)))


def walk(start: str, count: int, following: dict[str, str]) -> list[Segment]:
    """`count` hops from `start`, each place after the first scored."""
    segments: list[Segment] = [(f"?{start}", False)]
    here = start
    for _ in range(count):
        here = following[here]
        segments.append((here, True))
    return [*segments, (";", False)]


def graded(rng: random.Random, difficulty: float) -> list[Segment]:
    """Either task, at a difficulty drawn anew up to `difficulty`: easy and hard problems side by side."""
    return rng.choice((recall, hops))(rng, rng.random() * difficulty)


def distant_recall(rng: random.Random, difficulty: float) -> list[Segment]:
    """Recall over any distance, short lists among the long: from long ones alone it is learned late."""
    return recall(rng, rng.random() * difficulty, rng.randrange(MOST_DISTANCE + 1))


TASKS: dict[str, Task] = {"recall": distant_recall, "hops": hops, "graded": graded}


@dataclass(frozen=True)
class Mixture:
    """Share of rows that are synthetic, and which task. Difficulty grows to 1 over `ramp` of the steps."""

    task: str = "graded"
    share: float = 0.0
    ramp: float = 0.0

    def takes(self, row: int) -> bool:
        """Whether the row with this running number is synthetic: an even spread without chance."""
        return int((row + 1) * self.share) > int(row * self.share)

    def difficulty(self, progress: float) -> float:
        """Difficulty at `progress` (0..1) of the training."""
        return 1.0 if self.ramp <= 0.0 else min(1.0, progress / self.ramp)
