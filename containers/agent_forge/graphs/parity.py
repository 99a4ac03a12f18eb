"""Whether a graph says what the model says: logits and first choices, batch by batch.

Pondering is not continuous: a token halts at a threshold, and one that stands at it takes a step more or less
with the last bit of a sum. Such places are compared with the model that decides the other way, and counted.

Legend: B batch, T tokens, V vocabulary rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from agent_forge.data.tokenizer import RESERVED_ROWS
from agent_forge.graphs.session import GraphSession
from agent_forge.models.titan import TinyTitan

MOST_DIFFERENCE = 1e-4
NUDGE = 1e-5  # of the threshold of pondering: what rounding may move a sum of probabilities by


@dataclass(frozen=True)
class Parity:
    """Largest difference of a logit, share of places with the same first choice, places looked at.

    `ties` counts places at which pondering stood so near its threshold that rounding decided whether it went
    on: there the graph has to say what the model says if it decides the other way.
    """

    difference: float
    top1: float
    places: int
    ties: int = 0

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
    found = [
        compared(model, tokens_BT, session.step(tokens_BT.numpy(), session.start(len(tokens_BT)))[0])
        for tokens_BT in batches
    ]
    places = sum(each.places for each in found)
    return Parity(
        max(each.difference for each in found), sum(each.top1 * each.places for each in found) / places,
        places, sum(each.ties for each in found),
    )  # fmt: skip


@torch.no_grad()
def stepwise_parity(session: GraphSession, model: TinyTitan, tokens_BT: Tensor) -> Parity:
    """One token at a time, with the state handed on, against the model's full pass."""
    return compared(model, tokens_BT, say_stepwise(session, tokens_BT.numpy()))


def say_stepwise(session: GraphSession, tokens_BT: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """Logits (B, T, V) of one token per call, from an empty state that is handed on."""
    state = session.start(tokens_BT.shape[0])
    found = []
    for place in range(tokens_BT.shape[1]):
        logits_B1V, state = session.step(tokens_BT[:, place : place + 1], state)
        found.append(logits_B1V)
    return np.concatenate(found, axis=1)


def compared(model: TinyTitan, tokens_BT: Tensor, theirs_BTV: npt.NDArray[np.float32]) -> Parity:
    """Logits of somebody else over one batch, each row from an empty state, against the model's."""
    ours_BTV = model(tokens_BT).logits_BTV.numpy()
    apart_BT = np.abs(theirs_BTV - ours_BTV).max(axis=-1)
    ties = 0
    if apart_BT.max() > MOST_DIFFERENCE and model.act is not None:
        for nudge in (-NUDGE, NUDGE):
            other_BTV = _with_threshold(model, nudge)(tokens_BT).logits_BTV.numpy()
            other_BT = np.abs(theirs_BTV - other_BTV).max(axis=-1)
            tied_BT = (apart_BT > MOST_DIFFERENCE) & (other_BT <= MOST_DIFFERENCE)
            ours_BTV[tied_BT], apart_BT[tied_BT] = other_BTV[tied_BT], other_BT[tied_BT]
            ties += int(tied_BT.sum())
    same = float((theirs_BTV.argmax(-1) == ours_BTV.argmax(-1)).mean())
    return Parity(float(apart_BT.max()), same, tokens_BT.numel(), ties)


def _with_threshold(model: TinyTitan, nudge: float) -> TinyTitan:
    act = replace(model.config.act, eps=model.config.act.eps + nudge)
    return model.with_config(replace(model.config, act=act)).eval()


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
