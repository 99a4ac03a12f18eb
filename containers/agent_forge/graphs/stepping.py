"""A model as one graph from tokens and state to logits and the next state: no branch on data, a fixed state.

Every part of the state has the batch as its first dimension and a size that does not grow: keys and values of
the window, the memory's matrices, what it has read since its last chunk began. Rows of a batch may stand at
different positions, so that rows can be put together and taken apart. At position 0 the graph begins anew,
whatever the rest of the state says; zeros will do.

Pondering takes all its steps under masks, which is what it computes anyway. The memory's loop over chunks is
a scan: a chunk is computed whole, with zeros where nothing has been read yet.

Legend: B batch, T tokens, D d_model, L blocks, H heads, W window - 1, K head_dim, S = W + T keys, N slots of
the chunks that the call touches, C tokens of a chunk, G chunks, M memory width, Y memory layers, F = 3 M + 3
inputs.
"""

from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch._higher_order_ops.scan import scan

from agent_forge.models.act import AdaptiveComputation
from agent_forge.models.attention import Positions, rotary_tables
from agent_forge.models.memory import (
    Decay,
    Inputs,
    LongTermMemory,
    decay_tables,
    inner_gradients,
    read_chunk,
)
from agent_forge.models.titan import TinyTitan, TitanState

POSITION = "position"
KEYS, VALUES = "keys", "values"
WEIGHTS, MOMENTUM, TAIL, PENDING = "memory_weights", "memory_momentum", "memory_tail", "memory_pending"
State = dict[str, Tensor]


class FixedPondering(nn.Module):
    """Adaptive computation that always takes `n_max` masked steps; same sum as the loop that stops early."""

    def __init__(self, act: AdaptiveComputation) -> None:
        super().__init__()
        self.act = act

    def forward(self, x_BTD: Tensor, refine: nn.Module, compact: bool) -> "FixedPondered":
        """As `AdaptiveComputation.forward`; `compact` is not used, every token takes every step."""
        config = self.act.config
        left_BT = torch.ones_like(x_BTD[..., 0], dtype=torch.float32)
        running_BT = torch.ones_like(left_BT)
        state_BTD, mixed_BTD = x_BTD, torch.zeros_like(x_BTD)
        for step in range(config.n_max):
            state_BTD = refine(state_BTD + self.act.step_embedding[step], None)
            h_BT = torch.sigmoid(self.act.halt(state_BTD.float()).squeeze(-1))
            reached_BT = ((1.0 - left_BT) + h_BT >= 1.0 - config.eps).float()
            halts_BT = running_BT if step == config.n_max - 1 else running_BT * reached_BT
            weight_BT = halts_BT * left_BT + (running_BT - halts_BT) * h_BT
            mixed_BTD = mixed_BTD + weight_BT[..., None] * state_BTD
            left_BT = left_BT - (running_BT - halts_BT) * h_BT
            running_BT = running_BT - halts_BT
        return FixedPondered(mixed_BTD)


class FixedPondered:
    """What the layers read of a pondering's outcome; steps and cost have no place in a graph of logits."""

    def __init__(self, state_BTD: Tensor) -> None:
        self.state_BTD = state_BTD
        self.cost_BT = self.steps_BT = state_BTD[..., 0]


class SteppingModel(nn.Module):
    """Logits (B, T, V) and the next state, for any B and T of at least 1."""

    def __init__(self, titan: TinyTitan) -> None:
        """Takes the model over: its pondering is replaced.

        Raises:
            ValueError: it rounds its activations, or attends to itself alone.
        """
        super().__init__()
        if titan.config.quant.enabled:
            raise ValueError("the model rounds its activations; expected its weights in floating point")
        if titan.config.arch.window < 2:
            raise ValueError(
                "the model's window is 1; expected at least 2, so that there is something to keep"
            )
        with torch.no_grad():
            self.first = _first_state(titan)
        if titan.act is not None:
            titan.act = cast(AdaptiveComputation, FixedPondering(titan.act))
        self.titan = titan
        self.ahead = titan.config.ltm.persistent if titan.ltm is not None else 0

    def start(self, batch: int) -> State:
        """Zeros: a state before the first token."""
        return {
            name: torch.zeros(batch, *tensor.shape, dtype=tensor.dtype) for name, tensor in self.first.items()
        }

    def forward(self, tokens_BT: Tensor, state: State) -> tuple[Tensor, State]:
        """Read T more tokens in every row."""
        titan, arch = self.titan, self.titan.config.arch
        length = tokens_BT.shape[1]
        state = self._begun(state)
        place_B1 = state[POSITION][:, None] + self.ahead
        cos, sin = rotary_tables(arch, (place_B1 + torch.arange(length)).float())
        where = Positions(cos, sin, _visible(place_B1, length, arch.window))
        after: State = {POSITION: state[POSITION] + length}

        def recall(x_BTD: Tensor) -> Tensor:
            out_BTD, remembered = _recall(cast(LongTermMemory, titan.ltm), x_BTD, state, place_B1)
            after.update(remembered)
            return out_BTD

        cache = tuple(zip(state[KEYS].unbind(1), state[VALUES].unbind(1), strict=True))
        done = titan.layers(titan.embed(tokens_BT), cache, where, recall, compact=False)
        kept = 1 - arch.window
        after[KEYS] = torch.stack([k[:, :, kept:] for k, _ in done.keys], dim=1)
        after[VALUES] = torch.stack([v[:, :, kept:] for _, v in done.keys], dim=1)
        return titan.logits(done.hidden_BTD), {name: after[name] for name in self.first}

    def _begun(self, state: State) -> State:
        """The state with what a sequence begins with put in where it stands at its beginning."""
        fresh_B = state[POSITION] == 0
        return {
            name: tensor
            if name == POSITION
            else torch.where(fresh_B.reshape(-1, *[1] * (tensor.dim() - 1)), self.first[name], tensor)
            for name, tensor in state.items()
        }


def _first_state(titan: TinyTitan) -> State:
    """What a sequence begins with, without a batch: nothing, or what persistent tokens leave."""
    begun = titan.start(1)
    if titan.front(begun, 1).shape[1]:
        begun = titan.run(begun.cache[0][0].new_zeros(1, 0, titan.config.arch.d_model), begun, False).state
    packed = pack_state(titan, begun)
    return {
        name: torch.zeros((), dtype=torch.int64) if name == POSITION else t[0] for name, t in packed.items()
    }


def pack_state(titan: TinyTitan, state: TitanState) -> State:
    """A state of the model as this graph has it; the position without what stands in front."""
    arch, ltm = titan.config.arch, titan.config.ltm
    batch = state.cache[0][0].shape[0]
    missing = arch.window - 1 - state.cache[0][0].shape[2]
    pairs = [[F.pad(each, (0, 0, missing, 0)) for each in pair] for pair in state.cache]
    ahead = ltm.persistent if titan.ltm is not None and state.position else 0
    packed = {
        POSITION: torch.full((batch,), state.position - ahead),
        KEYS: torch.stack([k for k, _ in pairs], dim=1),
        VALUES: torch.stack([v for _, v in pairs], dim=1),
    }
    memory = state.memory
    if memory is None:
        return packed
    rest = (
        memory.tail.new_zeros(batch, 0, 3 * ltm.dim + 3) if memory.pending is None else _flat(memory.pending)
    )
    packed |= {
        WEIGHTS: torch.stack(memory.weights, dim=1),
        MOMENTUM: torch.stack(memory.momentum, dim=1),
        PENDING: F.pad(rest, (0, 0, 0, ltm.chunk - rest.shape[1])),
    }
    return packed | ({TAIL: memory.tail} if ltm.conv > 1 else {})


def _flat(inputs: Inputs) -> Tensor:
    """(B, T, F)."""
    gates = torch.stack([inputs.log_keep, inputs.log_eta, inputs.theta], dim=-1)
    return torch.cat([inputs.q, inputs.k, inputs.v, gates], dim=-1)


def _visible(place_B1: Tensor, length: int, window: int) -> Tensor:
    """Which of the S keys each of the T queries may read: those of its window, from the first token on."""
    query_T1 = torch.arange(length)[:, None] + window - 1
    key_1S = torch.arange(length + window - 1)[None, :]
    near_TS = (key_1S <= query_T1) & (query_T1 - key_1S < window)
    return near_TS & (key_1S >= window - 1 - place_B1)[:, None, :]


def _recall(ltm: LongTermMemory, x_BTD: Tensor, state: State, place_B1: Tensor) -> tuple[Tensor, State]:
    """`LongTermMemory.forward` for rows that may stand at different places of their chunks."""
    chunk, length = ltm.config.chunk, x_BTD.shape[1]
    normed_BTD = ltm.norm(x_BTD)
    tail = state[TAIL] if TAIL in state else x_BTD.new_zeros(x_BTD.shape[0], 0, 3 * ltm.config.dim)
    fresh, tail = ltm.inputs(normed_BTD, tail)
    read_B1 = place_B1 % chunk  # tokens of the unfinished chunk
    chunks = (length + 2 * chunk - 2) // chunk
    slot_1N = torch.arange(chunks * chunk)[None, :]
    source_BN = torch.where(slot_1N < read_B1, slot_1N, chunk + (slot_1N - read_B1).clamp(0, length - 1))
    every_BNF = _rows(torch.cat([state[PENDING], _flat(fresh)], dim=1), source_BN)
    every_BNF = every_BNF * (slot_1N < read_B1 + length).float()[..., None]
    whole_GB = torch.arange(1, chunks + 1)[:, None] * chunk <= (read_B1 + length).transpose(0, 1)
    (weights, momentum), reads_GBCM = _scan(
        ltm, (state[WEIGHTS], state[MOMENTUM]), every_BNF.unflatten(1, (chunks, chunk)), whole_GB
    )
    reads_BNM = reads_GBCM.transpose(0, 1).flatten(1, 2)
    out_BTD = ltm.output(_rows(reads_BNM, read_B1 + torch.arange(length)), normed_BTD)
    rest_B1 = (read_B1 + length) // chunk * chunk
    pending_BC = (rest_B1 + torch.arange(chunk)).clamp_max(chunks * chunk - 1)
    after = {WEIGHTS: weights, MOMENTUM: momentum, PENDING: _rows(every_BNF, pending_BC)}
    return out_BTD, after | ({TAIL: tail} if TAIL in state else {})


def _rows(values_BNF: Tensor, index_BR: Tensor) -> Tensor:
    """The rows at the given places of each sequence, (B, R, F)."""
    return values_BNF.gather(1, index_BR[..., None].expand(-1, -1, values_BNF.shape[-1]))


def _scan(
    ltm: LongTermMemory, carried: tuple[Tensor, Tensor], every_BGCF: Tensor, whole_GB: Tensor
) -> tuple[tuple[Tensor, Tensor], Tensor]:
    """Chunk after chunk: weights and momentum (B, Y, M, M) after the last whole one, reads (G, B, C, M)."""
    width, clip, depth = ltm.config.dim, ltm.config.error_clip, ltm.config.depth
    qkv, gates = every_BGCF[..., : 3 * width], every_BGCF[..., 3 * width :]
    tables = decay_tables(*(gates[..., place] for place in range(3)))
    columns = [qkv[..., place * width : (place + 1) * width] for place in range(3)]
    columns += [getattr(tables, name) for name in Decay.__dataclass_fields__]
    moved = tuple(each.transpose(0, 1).contiguous() for each in columns)

    def step(carry: tuple[Tensor, Tensor], each: tuple[Tensor, ...]) -> tuple[tuple[Tensor, Tensor], Tensor]:
        weights, momentum = ([part[:, layer] for layer in range(depth)] for part in carry)
        q, k, v, keep, decayed, write, entered, kept, whole_B = each
        decay = Decay(keep, decayed, write, entered, kept)
        factors = inner_gradients(weights, k, v, clip)
        reads = read_chunk(weights, momentum, factors, q, decay)
        committed = ltm.commit(weights, momentum, factors, decay)
        after = (
            torch.where(whole_B[:, None, None, None], torch.stack(list(new), dim=1), old)
            for new, old in zip(committed, carry, strict=True)
        )
        return (next(after), next(after)), reads

    last, reads = scan(step, carried, (*moved, whole_GB))
    return last, reads
