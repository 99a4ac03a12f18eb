"""The deployed graph as the pack's measurements ask it: windows of tokens in, what it says of them out.

Legend: B windows, T tokens of a window, V vocabulary rows, D width of the last hidden state.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent_forge.automotive.ood.scores import Array, energy
from agent_forge.models.folder import load_model
from agent_forge.phases.deployment.adapter import Desk

AT_ONCE = 16
Tokens = NDArray[np.int64]


@dataclass(frozen=True)
class Reading:
    """What the graph says of windows. The last hidden state is worked out of the logits: see `Reader`."""

    energy: Array  # (B,)
    states_BD: Array
    nats: Array  # (B,) per token
    right_BT: NDArray[np.bool_]  # first choice is the next token, (B, T - 1)
    values: Array  # what the monitor bounds, (B, 2): largest logit and entropy at the last place


class Reader:
    """Runs the chosen graph on one thread.

    The head is linear in the hidden state, so its pseudo-inverse gives the mean hidden state back from the
    mean logits: exactly for fp32, and as the head sees it for a quantised graph.
    """

    def __init__(self, desk: Desk, window: int) -> None:
        from agent_forge.graphs.session import GraphSession

        self.session = GraphSession.open(desk.chosen.folder, desk.choice.load.threads)
        self.window = window
        head_VD = load_model(desk.model).embedding.weight.detach().double().numpy()
        self._back_VD = np.linalg.pinv(head_VD).T

    def windows(self, stream: NDArray[np.integer], seed: int) -> Tokens:
        """All windows of a stream that do not overlap, in a drawn order."""
        count = len(stream) // self.window
        rows = np.asarray(stream[: count * self.window], dtype=np.int64).reshape(count, self.window)
        return rows[np.random.default_rng(seed).permutation(count)]

    def call(self, tokens_BT: Tokens) -> NDArray[np.float32]:
        """Logits (B, T, V) from an empty state: what is timed."""
        logits_BTV, _ = self.session.step(tokens_BT, self.session.start(len(tokens_BT)))
        return logits_BTV

    def read(self, tokens_BT: Tokens) -> Reading:
        """What the graph says of every window."""
        parts = [self._part(tokens_BT[at : at + AT_ONCE]) for at in range(0, len(tokens_BT), AT_ONCE)]
        return Reading(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

    def said(self, tokens_BT: Tokens) -> tuple[Array, Array]:
        """Of each window: the values that the monitor bounds (B, 2), and its mean hidden state (B, D)."""
        logits = self.call(tokens_BT).astype(np.float64)
        return bounded(logits[:, -1]), logits.mean(axis=1) @ self._back_VD

    def _part(self, tokens_BT: Tokens) -> tuple[Array, ...]:
        logits = self.call(tokens_BT).astype(np.float64)
        ahead, following = logits[:, :-1], tokens_BT[:, 1:]
        most = ahead.max(axis=-1)
        sums = most + np.log(np.exp(ahead - most[..., None]).sum(axis=-1))
        chosen = np.take_along_axis(ahead, following[..., None], axis=-1)[..., 0]
        return (
            energy(logits), logits.mean(axis=1) @ self._back_VD, (sums - chosen).mean(axis=1),
            ahead.argmax(axis=-1) == following, bounded(logits[:, -1]),
        )  # fmt: skip


def bounded(last_BV: Array) -> Array:
    """Largest logit by size and entropy in nats of the next token, (B, 2)."""
    shares = np.exp(last_BV - last_BV.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    entropy = -(shares * np.log(np.maximum(shares, 1e-300))).sum(axis=-1)
    return np.stack([np.abs(last_BV).max(axis=-1), entropy], axis=1)
