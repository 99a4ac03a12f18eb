"""Answers that a prompted model gave, and how far another model, or the same without the prompt, is from it.

Prompt Baking, Bhargava et al. 2024 (arXiv 2409.13697): the divergence is taken over sequences that the
prompted model itself would say, on the tokens of its answers only.

Legend: N answers, S tokens with the prompt, T tokens without it, V vocabulary rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from agent_forge.data.tokenizer import BOS_ID, PAD_ID
from agent_forge.models.titan import TinyTitan
from agent_forge.training.dreaming import dream

LIKELIEST = 1e-9  # nucleus of one token

# Logits (N, S, V) after tokens (N, S).
Speaker = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Answers:
    """What was said after each input, with and without what the prompt was.

    Args:
        heard_NS: begin, prompt, input, answer; padding at the end.
        said_NT: the same without the prompt.
        answer_NT: bool, which tokens of `said_NT` the answer has; False for the first.
        shift: tokens of the prompt.
    """

    heard_NS: Tensor
    said_NT: Tensor
    answer_NT: Tensor
    shift: int

    def __len__(self) -> int:
        return len(self.said_NT)

    def rows(self, chosen: Tensor | slice) -> "Answers":
        """Some of them."""
        return Answers(
            self.heard_NS[chosen], self.said_NT[chosen], self.answer_NT[chosen], self.shift
        )  # fmt: skip

    def without_prompt(self) -> "Answers":
        """The same answers as if there had been no prompt."""
        return Answers(self.said_NT, self.said_NT, self.answer_NT, 0)

    @property
    def answers(self) -> list[list[int]]:
        """The tokens of each answer."""
        pairs = zip(self.said_NT, self.answer_NT, strict=True)
        return [row[chosen].tolist() for row, chosen in pairs]


@dataclass(frozen=True)
class Distance:
    """Per answer: divergence in nats a token, and the share of tokens with the same first choice."""

    kl_N: Tensor
    agreement_N: Tensor


def speaker(model: TinyTitan) -> Speaker:
    """A model as it is, for measuring."""
    return lambda tokens_NS: model(tokens_NS.to(model.device), compact=True).logits_BTV


def answer_all(
    model: TinyTitan,
    prompt: Sequence[int],
    inputs: Sequence[Sequence[int]],
    length: int,
    *,
    seed: int,
    temperature: float = 1.0,
    top_p: float = 1.0,
) -> Answers:
    """Let a model answer each input behind the prompt, by its own distribution.

    Args:
        prompt: token ids, none for an answer without a prompt.
        inputs: token ids of each, at least one token.
        length: tokens of an answer.
    """
    first = [BOS_ID, *prompt]
    said: dict[int, list[int]] = {}
    # Rows of one length at a time: a model that keeps a state cannot pass over padding.
    for size in sorted({len(each) for each in inputs}):
        places = [place for place, each in enumerate(inputs) if len(each) == size]
        heard = torch.tensor([[*first, *inputs[place]] for place in places])
        found = dream(model, heard, heard.shape[1] + length, temperature, top_p, seed + size)
        said |= {place: row[heard.shape[1] :] for place, row in zip(places, found.tolist(), strict=True)}
    rows = [(*inputs[place], *said[place]) for place in range(len(inputs))]
    return _padded(first, rows, [len(each) for each in inputs])


def likeliest_answers(
    model: TinyTitan, prompt: Sequence[int], inputs: Sequence[Sequence[int]], length: int
) -> list[list[int]]:
    """Each input's answer of first choices."""
    return answer_all(model, prompt, inputs, length, seed=0, top_p=LIKELIEST).answers


def _padded(first: Sequence[int], rows: Sequence[Sequence[int]], inputs: Sequence[int]) -> Answers:
    longest = max(map(len, rows))
    filled = torch.full((len(rows), longest), PAD_ID)
    answer = torch.zeros(len(rows), longest + 1, dtype=torch.bool)
    for place, (row, before) in enumerate(zip(rows, inputs, strict=True)):
        filled[place, : len(row)] = torch.tensor(row)
        answer[place, 1 + before : 1 + len(row)] = True
    begins = torch.tensor(first).expand(len(rows), -1)
    return Answers(
        torch.cat([begins, filled], dim=1), torch.cat([begins[:, :1], filled], dim=1), answer, len(first) - 1
    )  # fmt: skip


def without_shift(logits_NSV: Tensor, shift_N: Tensor, length: int) -> Tensor:
    """Logits (N, length, V) at the places that a reader without the prompt is at.

    Args:
        shift_N: tokens that each row's prompt is long.
    """
    index_NT = (shift_N[:, None].cpu() + torch.arange(length)).to(logits_NSV.device)
    return logits_NSV[torch.arange(len(shift_N), device=logits_NSV.device)[:, None], index_NT]


def divergence(teacher_NTV: Tensor, student_NTV: Tensor) -> Tensor:
    """KL(teacher || student) in nats at each place, (N, T), over the whole vocabulary."""
    known, own = teacher_NTV.float().log_softmax(-1), student_NTV.float().log_softmax(-1)
    return (known.exp() * (known - own)).sum(-1)


@torch.no_grad()
def distance(
    teacher: Speaker, student: Speaker, answers: Answers, batch_size: int, *, prompted: bool = False
) -> Distance:
    """How far a student is from the prompted teacher, on the teacher's answers.

    Args:
        prompted: give the prompt to the student too.
    """
    kl, agreement = [], []
    for first in range(0, len(answers), batch_size):
        part = answers.rows(slice(first, first + batch_size))
        target_NT = part.answer_NT[:, 1:].double()
        shift_N = torch.full((len(part),), part.shift)
        length = part.said_NT.shape[1] - 1
        known = without_shift(teacher(part.heard_NS[:, :-1]), shift_N, length)
        if prompted:
            own = without_shift(student(part.heard_NS[:, :-1]), shift_N, length)
        else:
            own = student(part.said_NT[:, :-1])
        same_NT = (known.argmax(-1) == own.argmax(-1)).double()
        count_N = target_NT.sum(dim=1)
        kl.append((divergence(known, own).double().cpu() * target_NT).sum(dim=1) / count_N)
        agreement.append((same_NT.cpu() * target_NT).sum(dim=1) / count_N)
    return Distance(torch.cat(kl), torch.cat(agreement))


@torch.no_grad()
def log_likelihood(speak: Speaker, rows: Answers, batch_size: int, *, prompted: bool) -> Tensor:
    """Mean log p of each answer's tokens in nats a token, (N,), with the prompt or without it."""
    found = []
    for first in range(0, len(rows), batch_size):
        part = rows.rows(slice(first, first + batch_size))
        tokens = part.heard_NS if prompted else part.said_NT
        skipped = part.shift if prompted else 0
        logits = speak(tokens[:, :-1])[:, skipped:].float()
        targets = part.said_NT[:, 1:].flatten().to(logits.device)
        nll = F.cross_entropy(logits.flatten(0, 1), targets, reduction="none").double().cpu()
        answer_NT = part.answer_NT[:, 1:].double()
        found.append(-(nll.view(len(part), -1) * answer_NT).sum(dim=1) / answer_NT.sum(dim=1))
    return torch.cat(found)
