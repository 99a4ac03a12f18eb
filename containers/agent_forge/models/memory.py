"""Titans long-term memory (arXiv 2501.00663): a small net whose weights are a sequence's state.

Section 3.1 of the paper: surprise S_t = eta_t S_{t-1} - theta_t grad, memory M_t = (1 - alpha_t) M_{t-1} +
S_t, read M_t(q_t).
Section 3.2: inside a chunk all gradients are taken at the chunk's first weights, so S and M are linear
recurrences over rank-one updates and every read is one masked product; no per-token weights are materialised,
no loop over tokens.

Legend: B batch, T tokens, C tokens of a chunk, D d_model, M memory width, L memory layers, R tokens of an
unfinished chunk.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from agent_forge.models.attention import Gain
from agent_forge.models.config import LtmConfig

SUB_UNIT = -1.0e4  # stands for log(0) above the diagonal: exp() gives exactly 0 and a finite gradient


@dataclass(frozen=True)
class Inputs:
    """Per-token inputs of the recurrence; gates in log space."""

    q: Tensor  # (B, T, M) unit norm
    k: Tensor  # (B, T, M) unit norm
    v: Tensor  # (B, T, M)
    log_keep: Tensor  # (B, T) log(1 - alpha)
    log_eta: Tensor  # (B, T)
    theta: Tensor  # (B, T)

    def part(self, start: int, stop: int) -> "Inputs":
        """The tokens start..stop."""
        q, k, v, keep, eta, theta = (t[:, start:stop] for t in self.tensors())
        return Inputs(q, k, v, keep, eta, theta)

    def tensors(self) -> tuple[Tensor, ...]:
        """The fields in order."""
        return self.q, self.k, self.v, self.log_keep, self.log_eta, self.theta

    @staticmethod
    def join(first: "Inputs", second: "Inputs") -> "Inputs":
        """Tokens of `first` followed by those of `second`."""
        pairs = zip(first.tensors(), second.tensors(), strict=True)
        q, k, v, keep, eta, theta = (torch.cat(pair, dim=1) for pair in pairs)
        return Inputs(q, k, v, keep, eta, theta)


@dataclass(frozen=True)
class MemoryState:
    """One memory per sequence: never shared over a batch and never part of a checkpoint."""

    weights: tuple[Tensor, ...]  # L of (B, M, M), at the last chunk boundary
    momentum: tuple[Tensor, ...]  # L of (B, M, M)
    tail: Tensor  # (B, conv - 1, 3M) inputs the convolution still needs
    pending: Inputs | None  # the R tokens since the boundary

    def select(self, rows: Tensor) -> "MemoryState":
        """The state of the given batch rows (repeats allowed), for branching."""
        pending = None if self.pending is None else Inputs(*(t[rows] for t in self.pending.tensors()))
        weights, momentum = (tuple(w[rows] for w in group) for group in (self.weights, self.momentum))
        return MemoryState(weights, momentum, self.tail[rows], pending)


@dataclass(frozen=True)
class Decay:
    """How much of each update is left: all tables of a chunk, from cumulative logs in fp32."""

    keep: Tensor  # (..., C) what is left of the first weights at t
    carry: Tensor  # (..., C) how much of the first momentum has entered the weights at t
    write: Tensor  # (..., C, C) weight of update i in the weights at t, theta included, 0 for i > t
    momentum: Tensor  # (..., C) weight of update i in the last momentum
    momentum_keep: Tensor  # (...,) what is left of the first momentum at the end


def decay_tables(log_keep: Tensor, log_eta: Tensor, theta: Tensor) -> Decay:
    """Closed form of the two recurrences over a chunk.

    Quotients of products are differences of cumulative logs: a quotient would be 0/0 after strong forgetting.

    Args:
        log_keep, log_eta, theta: (..., C)
    """
    length = theta.shape[-1]
    below = torch.ones(length, length, dtype=torch.bool, device=theta.device).tril()
    total_keep, total_eta = _running_sum(log_keep.float(), below), _running_sum(log_eta.float(), below)
    between_keep, between_eta = (
        torch.where(below, total[..., :, None] - total[..., None, :], SUB_UNIT).exp()
        for total in (total_keep, total_eta)
    )
    write = between_keep @ between_eta * theta[..., None, :]
    carry = (between_keep @ total_eta.exp()[..., None]).squeeze(-1)
    return Decay(total_keep.exp(), carry, write, between_eta[..., -1, :] * theta, total_eta[..., -1].exp())


def _running_sum(x: Tensor, below: Tensor) -> Tensor:
    """Cumulative sum of (..., C). CUDA's own is not deterministic; a product with a triangle of ones is."""
    return x @ below.T.to(x.dtype) if x.is_cuda else x.cumsum(-1)


def inner_gradients(
    weights: Sequence[Tensor], k: Tensor, v: Tensor, clip: float
) -> list[tuple[Tensor, Tensor]]:
    """Factors (g, h) per layer with gradient of |M(k) - v|^2 = outer(g, h), at the given weights.

    Args:
        weights: L of (B, M, M).
        k, v: (B, C, M).
        clip: longest output error; longer ones are scaled down, so that repeated keys cannot make the memory
        diverge.
    """
    layer_inputs, pre_activations = [k], []
    for index, weight in enumerate(weights):
        z = layer_inputs[-1] @ weight.transpose(1, 2)
        pre_activations.append(z)
        if index + 1 < len(weights):
            layer_inputs.append(F.silu(z))
    error = 2.0 * (pre_activations[-1] - v)
    # The squared norm is clamped before the root: the root's gradient at 0 is infinite.
    length = error.square().sum(-1, keepdim=True).clamp_min(clip * clip).sqrt()
    g = error * (clip / length)
    factors = [(g, layer_inputs[-1])]
    for index in range(len(weights) - 2, -1, -1):
        z = pre_activations[index]
        gate = torch.sigmoid(z)
        g = (g @ weights[index + 1]) * (gate * (1.0 + z * (1.0 - gate)))
        factors.insert(0, (g, layer_inputs[index]))
    return factors


def read_chunk(
    weights: Sequence[Tensor],
    momentum: Sequence[Tensor],
    factors: Sequence[tuple[Tensor, Tensor]],
    q: Tensor,
    decay: Decay,
) -> Tensor:
    """M_t(q_t) for each token of the chunk, t's own update included; (B, C, M)."""
    x = q
    for index, (weight, speed, (g, h)) in enumerate(zip(weights, momentum, factors, strict=True)):
        old = decay.keep[..., None] * (x @ weight.transpose(1, 2)) + decay.carry[..., None] * (
            x @ speed.transpose(1, 2)
        )
        x = old - (decay.write * (x @ h.transpose(1, 2))) @ g
        if index + 1 < len(weights):
            x = F.silu(x)
    return x


class LongTermMemory(nn.Module):
    """Memory as a residual layer in front of attention (MAL, section 4.3 of the paper)."""

    def __init__(self, config: LtmConfig, d_model: int, eps: float) -> None:
        super().__init__()
        self.config = config
        width = config.dim
        self.norm = Gain(d_model, eps)
        self.qkv = nn.Linear(d_model, 3 * width, bias=False)
        self.conv = nn.Parameter(torch.zeros(config.conv, 3 * width))
        self.gates = nn.Linear(d_model, 3)
        self.initial = nn.ParameterList([torch.zeros(width, width) for _ in range(config.depth)])
        self.read_norm = Gain(width, eps)
        self.gate = nn.Linear(d_model, width, bias=False)
        self.out = nn.Linear(width, d_model, bias=False)
        if config.persistent > 0:
            self.persistent = nn.Parameter(torch.zeros(config.persistent, d_model))

    def start(self, batch: int) -> MemoryState:
        """The state of `batch` empty sequences: learned first weights, no momentum."""
        weights = tuple(w.expand(batch, -1, -1) for w in self.initial)
        tail = self.conv.new_zeros(batch, self.config.conv - 1, 3 * self.config.dim)
        return MemoryState(weights, tuple(torch.zeros_like(w) for w in weights), tail, None)

    def forward(self, x_BTD: Tensor, state: MemoryState) -> tuple[Tensor, MemoryState]:
        """Write and read T tokens; returns what to add to the residual stream and the new state."""
        normed_BTD = self.norm(x_BTD)
        fresh, tail = self.inputs(normed_BTD, state.tail)
        earlier = 0 if state.pending is None else state.pending.theta.shape[1]
        inputs = fresh if state.pending is None else Inputs.join(state.pending, fresh)
        # The recurrences stay in fp32 under autocast: bf16 has 8 bits for sums of logarithms and of updates.
        with torch.autocast(x_BTD.device.type, enabled=False):
            read_BTM, weights, momentum, pending = self.scan(state.weights, state.momentum, inputs)
        out_BTD = self.output(read_BTM[:, earlier:], normed_BTD)
        return out_BTD, MemoryState(weights, momentum, tail, pending)

    def output(self, read_BTM: Tensor, normed_BTD: Tensor) -> Tensor:
        """What was read, gated by the tokens that read it, at the width of the residual stream."""
        gate_BTM = torch.sigmoid(self.gate(normed_BTD))
        out_BTD: Tensor = self.out(self.read_norm(read_BTM) * gate_BTM)
        return out_BTD

    def inputs(self, x_BTD: Tensor, tail: Tensor) -> tuple[Inputs, Tensor]:
        """Projections, causal depthwise convolution, SiLU, unit norm, gates; and the next tail."""
        padded = torch.cat([tail, self.qkv(x_BTD)], dim=1)
        length = x_BTD.shape[1]
        mixed = padded[:, :length].float() * self.conv[0]
        for tap in range(1, self.config.conv):
            mixed = torch.addcmul(mixed, padded[:, tap : tap + length].float(), self.conv[tap])
        q, k, v = F.silu(mixed).chunk(3, dim=-1)
        alpha, eta, theta = self.gates(x_BTD).float().unbind(-1)
        # log(1 - sigmoid(a)) = logsigmoid(-a): exact where 1 - sigmoid(a) would round to 1 or 0.
        strength = self.config.theta_max * torch.sigmoid(theta)
        inputs = Inputs(
            F.normalize(q, dim=-1),
            F.normalize(k, dim=-1),
            v,
            F.logsigmoid(-alpha),
            F.logsigmoid(eta),
            strength,
        )
        return inputs, padded[:, length:]

    def scan(
        self, weights: tuple[Tensor, ...], momentum: tuple[Tensor, ...], inputs: Inputs
    ) -> tuple[Tensor, tuple[Tensor, ...], tuple[Tensor, ...], Inputs | None]:
        """Run tokens from a chunk boundary on; returns reads, the state at the last boundary and the rest."""
        chunk, length = self.config.chunk, inputs.theta.shape[1]
        whole = length - length % chunk
        reads = []
        if whole:
            gates = (
                t[:, :whole].unflatten(1, (-1, chunk))
                for t in (inputs.log_keep, inputs.log_eta, inputs.theta)
            )
            tables = decay_tables(*gates)
            for index in range(whole // chunk):
                part = inputs.part(index * chunk, (index + 1) * chunk)
                table = Decay(*(getattr(tables, name)[:, index] for name in Decay.__dataclass_fields__))
                factors = inner_gradients(weights, part.k, part.v, self.config.error_clip)
                reads.append(read_chunk(weights, momentum, factors, part.q, table))
                weights, momentum = self.commit(weights, momentum, factors, table)
        if whole == length:
            return torch.cat(reads, dim=1), weights, momentum, None
        rest = inputs.part(whole, length)
        factors = inner_gradients(weights, rest.k, rest.v, self.config.error_clip)
        table = decay_tables(rest.log_keep, rest.log_eta, rest.theta)
        reads.append(read_chunk(weights, momentum, factors, rest.q, table))
        return torch.cat(reads, dim=1), weights, momentum, rest

    @staticmethod
    def commit(
        weights: Sequence[Tensor],
        momentum: Sequence[Tensor],
        factors: list[tuple[Tensor, Tensor]],
        decay: Decay,
    ) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        """Weights and momentum at the chunk's end."""
        new_weights, new_momentum = [], []
        keep, carry = decay.keep[:, -1, None, None], decay.carry[:, -1, None, None]
        for weight, speed, (g, h) in zip(weights, momentum, factors, strict=True):
            g_CM = g.transpose(1, 2)
            new_weights.append(keep * weight + carry * speed - (g_CM * decay.write[:, -1, None, :]) @ h)
            new_momentum.append(
                decay.momentum_keep[:, None, None] * speed - (g_CM * decay.momentum[:, None, :]) @ h
            )
        return tuple(new_weights), tuple(new_momentum)
