"""Thoughts at many places of a text at once (Quiet-STaR, arXiv 2403.09629, sections 4.2 and 4.4).

A thought at place j reads the text up to j and its own earlier tokens: attention shares the text's keys among
all thoughts under a mask whose right part is diagonal, positions go on from j, and each thought's long-term
memory goes on from the state after j.

Legend: B rows of text, T tokens of a row, M thoughts of a row, L tokens of a thought, Q = M * L queries,
S keys, N = B * M, D d_model, V vocabulary rows, t sampled tokens, n true tokens after the thought.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from agent_forge.models.attention import Positions, positions, rotary_tables
from agent_forge.models.config import ThoughtConfig
from agent_forge.models.memory_branch import MemoryBranches, MemoryTrace, trace_memory
from agent_forge.models.thought import Thought, forbid_marks, mark_rows, mixed_log_probs
from agent_forge.models.titan import Layers, TinyTitan


@dataclass(frozen=True)
class Trace:
    """A pass over text that thoughts can branch off anywhere. `ahead` persistent tokens stand in front."""

    logits_BTV: Tensor
    hidden_BTD: Tensor
    cost_BT: Tensor
    ahead: int
    layers: Layers
    memory: MemoryTrace | None


@dataclass(frozen=True)
class Talk:
    """What is said after thoughts. `own_BMt` is log p of the sampled tokens, with a gradient."""

    talk_BMn: Tensor  # log p of the true tokens, mixed
    base_BMn: Tensor  # the same without the thought
    weight_BMn: Tensor
    own_BMt: Tensor


def trace_text(model: TinyTitan, tokens_BT: Tensor) -> Trace:
    """The full pass from the start of a sequence, keeping what thoughts need."""
    state = model.start(tokens_BT.shape[0])
    front = model.front(state, tokens_BT.shape[0])
    ahead = front.shape[1]
    x_BTD = model.embed(tokens_BT)
    x_BTD = torch.cat([front, x_BTD], dim=1) if ahead else x_BTD
    where = positions(model.config.arch, 0, x_BTD.shape[1], 0, x_BTD.device)
    memory: MemoryTrace | None = None

    def recall(x_BTD: Tensor) -> Tensor:
        nonlocal memory
        assert model.ltm is not None
        remembered_BTD, memory = trace_memory(model.ltm, x_BTD)
        return remembered_BTD

    layers = model.layers(x_BTD, state.cache, where, recall, compact=False)
    hidden_BTD = layers.hidden_BTD[:, ahead:]
    return Trace(
        model.logits(hidden_BTD), hidden_BTD, layers.cost_BT[:, ahead:], ahead, layers, memory
    )  # fmt: skip


class Thoughts:
    """M thoughts per row behind the given places, extended by some tokens at a time.

    Args:
        places_BM: each thought stands right behind this token of its row.
    """

    def __init__(self, model: TinyTitan, trace: Trace, places_BM: Tensor) -> None:
        self.model = model
        batch, count = places_BM.shape
        self.seen_BM = places_BM + 1 + trace.ahead
        self.keys = trace.layers.keys
        text = self.keys[0][0].shape[2]
        device = places_BM.device
        # Which thought a key belongs to (-1: the text), and its step in it or its position in the text.
        self.owner_S = torch.full((text,), -1, device=device)
        self.step_S = torch.arange(text, device=device)
        self.length = 0
        self.memory: MemoryBranches | None = None
        if model.ltm is not None and trace.memory is not None:
            rows_N = torch.arange(batch, device=device).repeat_interleave(count)
            self.memory = MemoryBranches(model.ltm, trace.memory, rows_N, self.seen_BM.flatten())

    def extend(self, tokens_BML: Tensor) -> Tensor:
        """Read L more tokens in every thought; normalised states (B, M, L, D)."""
        batch, count, length = tokens_BML.shape
        where = self._where(count, length)
        x_BQD = self.model.embed(tokens_BML.flatten(1))

        def recall(x_BQD: Tensor) -> Tensor:
            assert self.memory is not None
            remembered = self.memory.write(x_BQD.reshape(batch * count, length, -1))
            return remembered.reshape(x_BQD.shape)

        layers = self.model.layers(x_BQD, self.keys, where, recall, compact=False)
        self.keys = layers.keys
        self.length += length
        return layers.hidden_BTD.unflatten(1, (count, length))

    def _where(self, count: int, length: int) -> Positions:
        """Places of the next L tokens: text behind them in the window, and their own thought."""
        device = self.seen_BM.device
        owner_Q = torch.arange(count, device=device).repeat_interleave(length)
        step_Q = self.length + torch.arange(length, device=device).repeat(count)
        self.owner_S = torch.cat([self.owner_S, owner_Q])
        self.step_S = torch.cat([self.step_S, step_Q])
        seen_BQ1 = self.seen_BM.repeat_interleave(length, dim=1)[..., None]
        place_BQ1 = seen_BQ1 + step_Q[:, None]
        window = self.model.config.arch.window
        text_BQS = (self.step_S < seen_BQ1) & (place_BQ1 - self.step_S < window) & (self.owner_S < 0)
        back_QS = step_Q[:, None] - self.step_S
        own_QS = (owner_Q[:, None] == self.owner_S) & (back_QS >= 0) & (back_QS < window)
        cos, sin = rotary_tables(self.model.config.arch, place_BQ1.squeeze(-1).float())
        return Positions(cos, sin, text_BQS | own_QS)


@torch.no_grad()
def sample_thoughts(model: TinyTitan, trace: Trace, places_BM: Tensor, generator: torch.Generator) -> Tensor:
    """Tokens of a thought per place, (B, M, t), by the Gumbel-max rule at the config's temperature.

    Args:
        generator: on the CPU, so that a seed names the same thoughts on every device.
    """
    config = model.config.thought
    thoughts, drawn = Thoughts(model, trace, places_BM), []
    tokens_BM1 = torch.full_like(places_BM, mark_rows(config)[0])[..., None]
    for _ in range(config.n_thought):
        logits_BMV = forbid_marks(model.logits(thoughts.extend(tokens_BM1)[:, :, -1]).float(), config)
        noise = -torch.empty(logits_BMV.shape).exponential_(generator=generator).log()
        tokens_BM1 = (logits_BMV / config.temperature + noise.to(logits_BMV.device)).argmax(-1, keepdim=True)
        drawn.append(tokens_BM1)
    return torch.cat(drawn, dim=-1)


def talk(
    model: TinyTitan, trace: Trace, places_BM: Tensor, thoughts_BMt: Tensor, following_BMn: Tensor
) -> Talk:
    """Teacher-forced: log p of the true tokens after thoughts, in one pass over all tokens of all thoughts.

    Args:
        thoughts_BMt: the tokens between the marks.
        following_BMn: the true tokens behind each place.
    """
    config, head = model.config.thought, thought_of(model)
    start, end = (torch.full_like(places_BM, row)[..., None] for row in mark_rows(config))
    sequence = torch.cat([start, thoughts_BMt, end, following_BMn[..., :-1]], dim=-1)
    hidden = Thoughts(model, trace, places_BM).extend(sequence)
    sampled, true = thoughts_BMt.shape[-1], following_BMn.shape[-1]
    own = forbid_marks(model.logits(hidden[:, :, :sampled]).float(), config) / config.temperature
    after = hidden[:, :, sampled + 1 : sampled + 1 + true]
    rows = torch.arange(len(places_BM), device=places_BM.device)[:, None, None]
    offsets = torch.arange(true, device=places_BM.device)
    before = trace.hidden_BTD[rows, places_BM[..., None] + offsets]
    weight = head.weight(before, after)
    base_logits = model.logits(before)
    mixed = mixed_log_probs(base_logits, model.logits(after), weight)
    return Talk(
        picked(mixed, following_BMn),
        picked(base_logits.float().log_softmax(-1), following_BMn),
        weight,
        picked(own.log_softmax(-1), thoughts_BMt),
    )


def picked(log_probs: Tensor, tokens: Tensor) -> Tensor:
    """log p (...) of the given tokens (...) among (..., V)."""
    return log_probs.gather(-1, tokens[..., None]).squeeze(-1)


def select_places(config: ThoughtConfig, logits_BTV: Tensor) -> tuple[Tensor, Tensor]:
    """Where thoughts stand, (B, P), and which of these places count, bool (B, P).

    Every row has the same number of places: one per `every` tokens that have `n_true` true ones behind them.
    With `hard` they are the ones of highest entropy, and those at or below the threshold do not count.
    """
    batch, length, _ = logits_BTV.shape
    last = length - config.n_true + 1
    count = max(1, last // config.every)
    if config.select == "every":
        first = min(config.every, last) - 1
        places_BP = torch.arange(first, last, config.every, device=logits_BTV.device).expand(batch, -1)
        return places_BP, torch.ones_like(places_BP, dtype=torch.bool)
    entropy_BT = entropy(logits_BTV[:, :last].detach())
    found = entropy_BT.topk(count, dim=1)
    return found.indices, found.values > config.threshold


def entropy(logits: Tensor) -> Tensor:
    """Entropy in nats of (..., V) logits."""
    log_probs = logits.float().log_softmax(-1)
    return -(log_probs.exp() * log_probs).sum(-1)


def with_thoughts(
    model: TinyTitan, config: ThoughtConfig, marks: Tensor, seed: int, first_weight: float = 0.0
) -> TinyTitan:
    """The same model with a thought block; at weight 0 it says exactly what it said before.

    Args:
        marks: first input vectors of start and end, (2, D), at the size of the residual stream.
        seed: of the mixing head's layers.
        first_weight: of thoughts, everywhere, until the head is trained.
    """
    thinking = TinyTitan(replace(model.config, thought=config))
    thinking.load_state_dict(model.state_dict(), strict=False)
    head = thought_of(thinking)
    head.initialise(torch.Generator().manual_seed(seed))
    with torch.no_grad():
        head.marks.copy_(marks)
        head.last_bias.fill_(first_weight)
    return thinking


def without_thoughts(model: TinyTitan) -> TinyTitan:
    """The same weights with thoughts switched off and their block left out."""
    plain = TinyTitan(replace(model.config, thought=ThoughtConfig()))
    plain.load_state_dict({k: t for k, t in model.state_dict().items() if not k.startswith("thought.")})
    return plain


def thought_of(model: TinyTitan) -> Thought:
    """The thought block.

    Raises:
        ValueError: the model has none.
    """
    if model.thought is None:
        raise ValueError("the model has no thought block; expected thought.enabled in its config.json")
    return model.thought
