"""TinyTitan: a small transformer with a long-term memory in its middle and adaptive computation at its end.

Legend: B batch, T tokens, R gathered tokens, D d_model, F d_ff, V vocabulary rows, P persistent tokens.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from agent_forge.models.act import AdaptiveComputation
from agent_forge.models.attention import Attention, Gain, Positions, positions
from agent_forge.models.config import ArchConfig, ModelConfig
from agent_forge.models.memory import LongTermMemory, MemoryState
from agent_forge.models.ternary import ternarise_projections
from agent_forge.models.thought import Thought

INIT_STD = 0.02
VALUE_RETURN = 2.0  # how strongly the first memory output undoes the value projection
ETA_BIAS, ALPHA_BIAS = -3.0, -4.0  # momentum .05, forgetting .02: one write changes M(k) by about the error


@dataclass(frozen=True)
class TitanState:
    """Everything that decoding needs to go on: position, keys and values of the window, memory."""

    position: int
    cache: tuple[tuple[Tensor, Tensor], ...]  # per block (B, H, <= window - 1, K) twice
    memory: MemoryState | None

    def select(self, rows: Tensor) -> "TitanState":
        """The state of the given batch rows (repeats allowed), for branching into several continuations."""
        cache = tuple((k[rows], v[rows]) for k, v in self.cache)
        return TitanState(self.position, cache, None if self.memory is None else self.memory.select(rows))


@dataclass(frozen=True)
class TitanOutput:
    """One pass. `cost_BT` is the ponder cost N + R, `steps_BT` the steps taken (1 without ACT)."""

    logits_BTV: Tensor
    hidden_BTD: Tensor
    cost_BT: Tensor
    steps_BT: Tensor
    state: TitanState


@dataclass(frozen=True)
class Layers:
    """One pass through all blocks: normalised states, ponder cost and steps, keys and values at its end."""

    hidden_BTD: Tensor
    cost_BT: Tensor
    steps_BT: Tensor
    keys: tuple[tuple[Tensor, Tensor], ...]  # per block (B, H, S, K) twice, what was there before included


class FeedForward(nn.Module):
    """SwiGLU with a normalised inner activation (SubLN)."""

    def __init__(self, arch: ArchConfig, subln: bool) -> None:
        super().__init__()
        self.subln = subln
        self.gate = nn.Linear(arch.d_model, arch.d_ff, bias=False)
        self.up = nn.Linear(arch.d_model, arch.d_ff, bias=False)
        self.down = nn.Linear(arch.d_ff, arch.d_model, bias=False)
        self.sub_norm = Gain(arch.d_ff, arch.norm_eps)

    def forward(self, x_BTD: Tensor) -> Tensor:
        """Position-wise; returns (B, T, D)."""
        inner_BTF = F.silu(self.gate(x_BTD)) * self.up(x_BTD)
        out: Tensor = self.down(self.sub_norm(inner_BTF) if self.subln else inner_BTF)
        return out


class Block(nn.Module):
    """Pre-norm attention and feed-forward, with keys and values projected apart from the read."""

    def __init__(self, arch: ArchConfig, subln: bool) -> None:
        super().__init__()
        self.attn_norm = Gain(arch.d_model, arch.norm_eps)
        self.attn = Attention(arch, subln)
        self.ffn_norm = Gain(arch.d_model, arch.norm_eps)
        self.ffn = FeedForward(arch, subln)

    def keys_values(self, x_BTD: Tensor, where: Positions) -> tuple[Tensor, Tensor]:
        """Keys and values of the block's input."""
        return self.attn.keys_values(self.attn_norm(x_BTD), where)

    def forward(self, x_BTD: Tensor, k: Tensor, v: Tensor, where: Positions) -> Tensor:
        """One application to the residual stream."""
        x_BTD = x_BTD + self.attn.read(self.attn_norm(x_BTD), k, v, where)
        out: Tensor = x_BTD + self.ffn(self.ffn_norm(x_BTD))
        return out


class TinyTitan(nn.Module):
    """The model. `forward` is the full pass, and with a state also the prefill; `step` decodes one token."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        arch = config.arch
        self.embedding = nn.Embedding(arch.vocab_size, arch.d_model)
        self.blocks = nn.ModuleList([Block(arch, config.quant.subln) for _ in range(arch.num_layers)])
        if config.quant.enabled:
            ternarise_projections(self.blocks, config.quant)
        self.norm = Gain(arch.d_model, arch.norm_eps)
        self.ltm = LongTermMemory(config.ltm, arch.d_model, arch.norm_eps) if config.ltm.enabled else None
        self.act = AdaptiveComputation(config.act, arch.d_model) if config.act.enabled else None
        self.thought = Thought(config.thought, arch.d_model) if config.thought.enabled else None
        self.memory_before = arch.num_layers // 2  # the block that reads what the memory added

    def initialise(self, seed: int) -> "TinyTitan":
        """Draw all weights from one seeded generator, in parameter order; returns self."""
        generator = torch.Generator().manual_seed(seed)
        depth = math.sqrt(2 * self.config.arch.num_layers)
        with torch.no_grad():
            for name, parameter in self.named_parameters():
                if name.endswith(("norm.weight", ".bias")) or name.startswith("thought."):
                    continue
                std = INIT_STD if "embedding" in name else parameter.shape[-1] ** -0.5
                if name.endswith(("attn.o.weight", "ffn.down.weight", "ltm.out.weight")):
                    std /= depth
                # Drawn on the CPU, so that a seed names the same weights on every device.
                parameter.copy_(torch.empty(parameter.shape).normal_(0.0, std, generator=generator))
            if self.act is not None:
                self.act.halt.weight.mul_(0.1)
                self.act.halt.bias.fill_(self.config.act.halt_bias)
            if self.ltm is not None:
                self._initialise_memory(self.ltm)
            if self.thought is not None:
                self.thought.initialise(generator)
        return self

    def _initialise_memory(self, ltm: LongTermMemory) -> None:
        """Let the memory begin as a lookup of what followed a token the last time.

        Keys look one token back and share the queries' projection, and the output undoes the values'
        projection. From random projections the same lookup is not found at all within a few hundred steps.
        """
        width, taps = self.config.ltm.dim, self.config.ltm.conv
        query, key, value = ltm.qkv.weight.split(width)
        key.copy_(query)
        ltm.out.weight.copy_(VALUE_RETURN * value.t())
        ltm.gate.weight.mul_(0.1)
        ltm.conv.mul_(0.02)
        ltm.conv[-1].add_(1.0)
        if taps > 1:
            ltm.conv[-1, width : 2 * width] -= 1.0
            ltm.conv[-2, width : 2 * width] += 1.0
        ltm.gates.weight.mul_(0.1)
        ltm.gates.bias.copy_(torch.tensor([ALPHA_BIAS, ETA_BIAS, self.config.ltm.write_bias]))
        for weight in ltm.initial:
            weight.mul_(0.1 if self.config.ltm.depth == 1 else 1.0)

    @property
    def device(self) -> torch.device:
        """Where the weights are; tokens and states have to be there too."""
        return self.embedding.weight.device

    def with_config(self, config: ModelConfig) -> "TinyTitan":
        """A copy on the CPU with the same tensors and another config.json.

        Raises:
            RuntimeError: the configuration asks for other tensors.
        """
        copy = TinyTitan(config)
        copy.load_state_dict(self.state_dict())
        return copy

    def start(self, batch: int) -> TitanState:
        """The state before the first token."""
        arch = self.config.arch
        empty = self.embedding.weight.new_zeros(batch, arch.num_heads, 0, arch.head_dim)
        memory = None if self.ltm is None else self.ltm.start(batch)
        return TitanState(0, ((empty, empty),) * arch.num_layers, memory)

    def forward(
        self, tokens_BT: Tensor, state: TitanState | None = None, compact: bool = False
    ) -> TitanOutput:
        """Full pass, or prefill from `state`.

        Args:
            tokens_BT: int64 token ids.
            state: where to go on; None is the start of a sequence.
            compact: drop halted tokens from the work instead of masking them. For inference.
        """
        state = self.start(tokens_BT.shape[0]) if state is None else state
        return self.run(self.embed(tokens_BT), state, compact)

    def step(self, state: TitanState, token_B: Tensor) -> TitanOutput:
        """Decode one token per sequence; equals the full pass at that position."""
        return self(token_B[:, None], state, compact=True)

    def embed(self, tokens_BT: Tensor) -> Tensor:
        """What `run` takes: the tokens' rows at the size of the residual stream, (B, T, D)."""
        rows_BTD: Tensor = self.embedding(tokens_BT) * self.config.arch.embed_scale
        return rows_BTD if self.thought is None else self.thought.mark(rows_BTD, tokens_BT)

    def logits(self, hidden_BTD: Tensor) -> Tensor:
        """The tied head on normalised hidden states."""
        return F.linear(hidden_BTD, self.embedding.weight)

    def run(self, x_BTD: Tensor, state: TitanState, compact: bool) -> TitanOutput:
        """The pass from embeddings on, for callers that bring their own (thoughts, soft prompts)."""
        front = self.front(state, x_BTD.shape[0])
        ahead = front.shape[1]
        x_BTD = torch.cat([front, x_BTD], dim=1) if ahead else x_BTD
        cached = state.cache[0][0].shape[2]
        where = positions(self.config.arch, state.position, x_BTD.shape[1], cached, x_BTD.device)
        memory = state.memory

        def recall(x_BTD: Tensor) -> Tensor:
            nonlocal memory
            remembered_BTD, memory = cast(LongTermMemory, self.ltm)(x_BTD, memory)
            return cast(Tensor, remembered_BTD)

        done = self.layers(x_BTD, state.cache, where, recall, compact)
        keep = [max(0, k.shape[2] - self.config.arch.window + 1) for k, _ in done.keys]
        cache = tuple((k[:, :, n:], v[:, :, n:]) for n, (k, v) in zip(keep, done.keys, strict=True))
        after = TitanState(state.position + where.cos_TK.shape[0], cache, memory)
        hidden_BTD = done.hidden_BTD[:, ahead:]
        return TitanOutput(
            self.logits(hidden_BTD), hidden_BTD, done.cost_BT[:, ahead:], done.steps_BT[:, ahead:], after
        )

    def layers(
        self,
        x_BTD: Tensor,
        cache: Sequence[tuple[Tensor, Tensor]],
        where: Positions,
        recall: Callable[[Tensor], Tensor],
        compact: bool,
    ) -> Layers:
        """All blocks, after the keys and values in `cache`.

        Args:
            where: places of the inputs; of each sequence's own with a batch dimension in front.
            recall: writes the residual stream into the memory and gives what to add; used only with one.
            compact: as in `forward`; only for places that all sequences share.
        """
        cost_BT = torch.ones(x_BTD.shape[:2], device=x_BTD.device)
        steps_BT = torch.ones(x_BTD.shape[:2], dtype=torch.int64, device=x_BTD.device)
        keys: list[tuple[Tensor, Tensor]] = []
        for index, block in enumerate(cast(list[Block], self.blocks)):
            if self.ltm is not None and index == self.memory_before:
                x_BTD = x_BTD + recall(x_BTD)
            k, v = self._extend(cache[index], block.keys_values(x_BTD, where))
            if self.act is not None and index == len(self.blocks) - 1:
                pondered = self.act(x_BTD, _Refine(block, k, v, where), compact)
                x_BTD, cost_BT, steps_BT = pondered.state_BTD, pondered.cost_BT, pondered.steps_BT
            else:
                x_BTD = block(x_BTD, k, v, where)
            keys.append((k, v))
        return Layers(self.norm(x_BTD), cost_BT, steps_BT, tuple(keys))

    def front(self, state: TitanState, batch: int) -> Tensor:
        """Persistent tokens stand before the first token of a sequence only."""
        if self.ltm is None or self.config.ltm.persistent == 0 or state.position > 0:
            return self.embedding.weight.new_zeros(batch, 0, self.config.arch.d_model)
        front: nn.Parameter = self.ltm.persistent
        return front.expand(batch, -1, -1)

    @staticmethod
    def _extend(cached: tuple[Tensor, Tensor], fresh: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        if cached[0].shape[2] == 0:
            return fresh
        return torch.cat([cached[0], fresh[0]], dim=2), torch.cat([cached[1], fresh[1]], dim=2)


class _Refine:
    """One ponder step: queries change from step to step, keys and values are the block's input's and stay.

    So a halted token costs nothing more, and masked and compacted pondering see the same keys.
    """

    def __init__(self, block: nn.Module, k: Tensor, v: Tensor, where: Positions) -> None:
        self.block, self.k, self.v, self.where = block, k, v, where

    def __call__(self, s: Tensor, rows_BR: Tensor | None) -> Tensor:
        where = self.where
        if rows_BR is not None:
            where = Positions(where.cos_TK[rows_BR], where.sin_TK[rows_BR], where.mask_TS[rows_BR])
        out: Tensor = self.block(s, self.k, self.v, where)
        return out


def parameter_groups(model: nn.Module) -> tuple[Sequence[nn.Parameter], Sequence[nn.Parameter]]:
    """Parameters that are decayed (matrices) and that are not (gains, biases, embeddings of steps)."""
    decayed = [p for n, p in model.named_parameters() if p.dim() >= 2 and "step_embedding" not in n]
    others = [p for n, p in model.named_parameters() if p.dim() < 2 or "step_embedding" in n]
    return decayed, others
