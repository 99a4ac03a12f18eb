"""How well a graph predicts held-out text, and how often it chooses what torch chooses.

Legend: R rows, T tokens, V vocabulary rows.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from agent_forge.graphs.session import GraphSession
from agent_forge.models.titan import TinyTitan

# Logits (R, T, V) of tokens (R, T), each row from an empty state.
Reader = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Scored:
    """Loss in nats per token over all places of all rows, and the first choice at each."""

    nats: float
    choices_RT: Tensor


def reader_of(session: GraphSession) -> Reader:
    """A graph as a reader."""
    return lambda tokens_RT: torch.from_numpy(
        session.step(tokens_RT.numpy(), session.start(len(tokens_RT)))[0]
    )


def torch_reader(model: TinyTitan) -> Reader:
    """A model as a reader."""
    return lambda tokens_RT: model(tokens_RT, compact=True).logits_BTV


@torch.no_grad()
def score(read: Reader, rows_RT: Tensor, batch_size: int) -> Scored:
    """Read rows of T + 1 tokens and compare with what came next.

    Args:
        batch_size: rows of a call, the same for every reader.
    """
    total, choices = 0.0, []
    for rows in rows_RT.split(batch_size):
        logits = read(rows[:, :-1]).float()
        total += float(
            F.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten(), reduction="none").double().sum()
        )
        choices.append(logits.argmax(-1))
    return Scored(total / rows_RT[:, 1:].numel(), torch.cat(choices))
