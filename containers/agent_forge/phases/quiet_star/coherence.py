"""What thoughts do on held-out text, against the same places without them and with wrong ones.

Legend: R rows, T tokens of a row, P places of a row, n true tokens after a place, t tokens of a thought.
"""

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from agent_forge.models.thinking import sample_thoughts, select_places, talk, trace_text
from agent_forge.models.titan import TinyTitan
from agent_forge.training.thought_objective import following, generator_of


@dataclass(frozen=True)
class Heard:
    """Mean log p per true token after each place, (R, P), and what was thought there."""

    without: Tensor
    own: Tensor
    again: Tensor  # with an independent second thought
    shuffled: Tensor  # with the thought of another row
    random: Tensor  # with as many random tokens of the text
    weight: Tensor
    counted: Tensor  # bool
    places: Tensor
    thoughts: Tensor  # (R, P, t)


@torch.no_grad()
def listen(model: TinyTitan, rows_RT: Tensor, batch_size: int, stream: Tensor, seed: int) -> Heard:
    """Score every place of the rows, of the last batch too with rows of its own to take thoughts from.

    Args:
        rows_RT: T + 1 tokens each; at least two rows.
        stream: text that random thoughts are drawn from.
    """
    parts = []
    starts = list(range(0, len(rows_RT), batch_size))
    if len(starts) > 1 and len(rows_RT) - starts[-1] < 2:
        starts.pop()
    for number, start in enumerate(starts):
        end = len(rows_RT) if number == len(starts) - 1 else start + batch_size
        generator = generator_of(seed, number)
        parts.append(_listen(model, rows_RT[start:end], stream, generator))
    return Heard(*(torch.cat([getattr(part, f) for part in parts]).cpu() for f in Heard.__dataclass_fields__))


def _listen(model: TinyTitan, rows_RT: Tensor, stream: Tensor, generator: torch.Generator) -> Heard:
    trace = trace_text(model, rows_RT[:, :-1])
    places, counted = select_places(model.config.thought, trace.logits_BTV)
    true = following(rows_RT, places, model)
    own, again = (sample_thoughts(model, trace, places, generator) for _ in range(2))
    drawn = stream[torch.randint(len(stream), own.shape, generator=generator)].to(own)
    kinds = {"own": own, "again": again, "shuffled": own.roll(1, dims=0), "random": drawn}
    said = {name: talk(model, trace, places, thoughts, true) for name, thoughts in kinds.items()}
    scored = {name: talked.talk_BMn.mean(-1) for name, talked in said.items()}
    weight = said["own"].weight_BMn.mean(-1)
    return Heard(
        **scored, without=said["own"].base_BMn.mean(-1), weight=weight, counted=counted, places=places,
        thoughts=own,
    )  # fmt: skip


@torch.no_grad()
def plain_log_probs(model: TinyTitan, rows_RT: Tensor, places_RP: Tensor, true: int) -> Tensor:
    """Mean log p per true token after each place without any thought, (R, P); for models that have none."""
    places_RP = places_RP.to(rows_RT.device)
    logits = torch.cat([model(row[None, :-1], compact=True).logits_BTV for row in rows_RT])
    log_probs = logits.log_softmax(-1).gather(-1, rows_RT[:, 1:, None]).squeeze(-1)
    index = places_RP[..., None] + torch.arange(true, device=rows_RT.device)
    return log_probs[torch.arange(len(rows_RT))[:, None, None], index].mean(-1).cpu()


def distinct_2(thoughts: Tensor) -> float:
    """Share of different pairs of neighbours among all pairs in thoughts (..., t); 1 without any pair."""
    pairs = [pair for thought in thoughts.flatten(0, -2).tolist() for pair in pairwise(thought)]
    return len(set(pairs)) / len(pairs) if pairs else 1.0


def most_common_share(thoughts: Tensor) -> float:
    """Share of the places that have the most frequent thought; thoughts are (..., t)."""
    found = Counter(tuple(thought) for thought in thoughts.flatten(0, -2).tolist())
    return found.most_common(1)[0][1] / found.total()
