"""Whether a graph says what the model says: logits and first choices, batch by batch.

Legend: B batch, T tokens, V vocabulary rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from agent_forge.data.tokenizer import RESERVED_ROWS
from agent_forge.graphs.session import GraphSession
from agent_forge.models.titan import TinyTitan

MOST_DIFFERENCE = 1e-4


@dataclass(frozen=True)
class Parity:
    """Largest difference of a logit, share of places with the same first choice, places looked at."""

    difference: float
    top1: float
    places: int

    @property
    def holds(self) -> bool:
        """Within 1e-4 and with every first choice the same."""
        return self.difference <= MOST_DIFFERENCE and self.top1 == 1.0


@torch.no_grad()
def parity(session: GraphSession, model: TinyTitan, batches: Iterable[Tensor]) -> Parity:
    """Compare over batches of token ids (B, T), each from an empty state.

    Args:
        model: the one that was traced, without quantisation.
    """
    difference, same, places = 0.0, 0, 0
    for tokens_BT in batches:
        theirs_BTV, _ = session.step(tokens_BT.numpy(), session.start(tokens_BT.shape[0]))
        ours_BTV = model(tokens_BT).logits_BTV.numpy()
        difference = max(difference, float(np.abs(theirs_BTV - ours_BTV).max()))
        same += int((theirs_BTV.argmax(-1) == ours_BTV.argmax(-1)).sum())
        places += tokens_BT.numel()
    return Parity(difference, same / places, places)


@torch.no_grad()
def stepwise_difference(session: GraphSession, model: TinyTitan, tokens_BT: Tensor) -> float:
    """Largest difference between one token at a time, with the state handed on, and the model's full pass."""
    state = session.start(tokens_BT.shape[0])
    found = []
    for place in range(tokens_BT.shape[1]):
        logits, state = session.step(tokens_BT[:, place : place + 1].numpy(), state)
        found.append(logits)
    return float(np.abs(np.concatenate(found, axis=1) - model(tokens_BT).logits_BTV.numpy()).max())


def random_batches(vocab_rows: int, count: int, length: int, seed: int) -> list[Tensor]:
    """Batches of one to four rows of random tokens, none of them reserved."""
    generator = torch.Generator().manual_seed(seed)
    return [
        torch.randint(RESERVED_ROWS, vocab_rows, (1 + number % 4, length), generator=generator)
        for number in range(count)
    ]


def text_batches(stream: Tensor, count: int, length: int) -> list[Tensor]:
    """As many batches of real text, evenly spread over a stream, of the same shapes."""
    last = len(stream) - 4 * length
    starts = torch.linspace(0, max(0, last), count).long().tolist()
    cut = [stream[start : start + (1 + number % 4) * length].long() for number, start in enumerate(starts)]
    return [tokens[: len(tokens) // length * length].reshape(-1, length) for tokens in cut]
