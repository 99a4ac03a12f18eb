"""Memories that go on from many places of one text at once: each thought writes its own continuation.

A memory changes at chunk boundaries only; between two of them it is the boundary's weights and the tokens
since. So the state after any prefix is a boundary to look up and a part of a chunk to copy, and all thoughts
continue in one batch: their tokens are put where they would stand in their own next chunks. Slots behind a
thought's last token are empty, and no read looks ahead.

Legend: B sequences, T tokens, N branches, L tokens written per branch, C tokens of a chunk, M memory width.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from agent_forge.models.memory import Inputs, LongTermMemory


@dataclass(frozen=True)
class MemoryTrace:
    """Everything a memory was while it read a text from its start."""

    weights: tuple[Tensor, ...]  # per layer (B, 1 + whole chunks, M, M), at the boundaries
    momentum: tuple[Tensor, ...]
    inputs: Inputs  # of all T tokens
    projected: Tensor  # (B, conv - 1 + T, 3M) what the convolution read, its empty start included


def trace_memory(ltm: LongTermMemory, x_BTD: Tensor) -> tuple[Tensor, MemoryTrace]:
    """What `ltm(x_BTD, ltm.start(B))` returns first, and the trace."""
    state, chunk = ltm.start(x_BTD.shape[0]), ltm.config.chunk
    normed_BTD = ltm.norm(x_BTD)
    inputs, _ = ltm.inputs(normed_BTD, state.tail)
    reads, weights, momentum = [], [state.weights], [state.momentum]
    with torch.autocast(x_BTD.device.type, enabled=False):
        for start in range(0, x_BTD.shape[1], chunk):
            part = inputs.part(start, min(start + chunk, x_BTD.shape[1]))
            read, new_weights, new_momentum, rest = ltm.scan(weights[-1], momentum[-1], part)
            reads.append(read)
            if rest is None:
                weights.append(new_weights)
                momentum.append(new_momentum)
    trace = MemoryTrace(
        tuple(torch.stack(layer, dim=1) for layer in zip(*weights, strict=True)),
        tuple(torch.stack(layer, dim=1) for layer in zip(*momentum, strict=True)),
        inputs,
        torch.cat([state.tail, ltm.qkv(normed_BTD)], dim=1),
    )
    return ltm.output(torch.cat(reads, dim=1), normed_BTD), trace


class MemoryBranches:
    """N memories, each as it was after the first `seen_N` tokens of sequence `rows_N`; `write` goes on."""

    def __init__(self, ltm: LongTermMemory, trace: MemoryTrace, rows_N: Tensor, seen_N: Tensor) -> None:
        self.ltm = ltm
        chunk, taps = ltm.config.chunk, ltm.config.conv - 1
        boundary_N = seen_N // chunk
        self.pending_N = seen_N % chunk
        self.written = 0
        self.weights = tuple(layer[rows_N, boundary_N] for layer in trace.weights)
        self.momentum = tuple(layer[rows_N, boundary_N] for layer in trace.momentum)
        slot_C = torch.arange(chunk, device=seen_N.device)
        place_NC = (boundary_N[:, None] * chunk + slot_C).clamp(max=trace.inputs.theta.shape[1] - 1)
        filled_NC = slot_C < self.pending_N[:, None]
        self.slots = [
            torch.where(_like(filled_NC, field), field[rows_N[:, None], place_NC], 0.0)
            for field in trace.inputs.tensors()
        ]
        tap = torch.arange(taps, device=seen_N.device)
        self.tail = trace.projected[rows_N[:, None], seen_N[:, None] + tap]

    def write(self, x_NLD: Tensor) -> Tensor:
        """Write L more tokens into each memory and read them; what to add to the residual stream."""
        normed_NLD = self.ltm.norm(x_NLD)
        fresh, self.tail = self.ltm.inputs(normed_NLD, self.tail)
        length, chunk = x_NLD.shape[1], self.ltm.config.chunk
        step_L = self.written + torch.arange(length, device=x_NLD.device)
        slot_NL = self.pending_N[:, None] + step_L
        self.written += length
        # At most chunk - 1 tokens were pending: enough slots for whichever branch had most.
        needed = -(-(chunk - 1 + self.written) // chunk) * chunk
        self.slots = [
            _grown(slots, needed).scatter(1, _like(slot_NL, new).expand_as(new), new)
            for slots, new in zip(self.slots, fresh.tensors(), strict=True)
        ]
        with torch.autocast(x_NLD.device.type, enabled=False):
            read_NSM = self.ltm.scan(self.weights, self.momentum, Inputs(*self.slots))[0]
        index = slot_NL[..., None].expand(-1, -1, read_NSM.shape[-1])
        return self.ltm.output(read_NSM.gather(1, index), normed_NLD)


def _like(index: Tensor, field: Tensor) -> Tensor:
    return index[..., None] if field.dim() == 3 else index


def _grown(slots: Tensor, length: int) -> Tensor:
    missing = length - slots.shape[1]
    if missing <= 0:
        return slots
    return torch.cat([slots, slots.new_zeros(slots.shape[0], missing, *slots.shape[2:])], dim=1)
