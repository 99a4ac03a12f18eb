"""What a model was asked when baking ended, and what the prompted model had said: to be asked again later.

A later phase may round, prune or trace a baked model; whether it still says what was baked is measured on the
same questions against the same distributions. They travel with the model, since the prompted model does not.
Legend: N answers, T tokens, P places of answers, V vocabulary rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save
from torch import Tensor

from agent_forge.training.answers import Answers, Speaker, without_shift

BAKED_ANSWERS = "baked.safetensors"


@dataclass(frozen=True)
class Baked:
    """One prompt's held-out answers.

    Args:
        said_NT: begin, input, answer, padding.
        answer_NT: bool, which tokens the answer has.
        known_PV: log p of the prompted model at each place of an answer, row by row.
    """

    said_NT: Tensor
    answer_NT: Tensor
    known_PV: Tensor


@torch.no_grad()
def baked_of(teacher: Speaker, answers: Answers) -> Baked:
    """Answers with what the prompted teacher would have said at each of their places."""
    shift_N = torch.full((len(answers),), answers.shift)
    length = answers.said_NT.shape[1] - 1
    logits_NTV = without_shift(teacher(answers.heard_NS[:, :-1]), shift_N, length).cpu().float()
    return Baked(answers.said_NT, answers.answer_NT, logits_NTV.log_softmax(-1)[answers.answer_NT[:, 1:]])


def write_baked(path: Path, prompts: Iterable[Baked]) -> None:
    """All prompts in one safetensors file."""
    tensors = {}
    for number, each in enumerate(prompts):
        tensors[f"{number}.said"] = each.said_NT.contiguous()
        tensors[f"{number}.answer"] = each.answer_NT.contiguous()
        tensors[f"{number}.known"] = each.known_PV.contiguous()
    path.write_bytes(save(tensors))


def read_baked(path: Path) -> list[Baked]:
    """The prompts in their order."""
    tensors = load_file(path)
    return [
        Baked(*(tensors[f"{number}.{name}"] for name in ("said", "answer", "known")))
        for number in range(len(tensors) // 3)
    ]


@torch.no_grad()
def told_apart(speak: Speaker, prompts: Iterable[Baked]) -> tuple[float, float]:
    """KL(prompted || speaker) in nats per token, and the share of tokens with the same first choice."""
    kl, same, places = 0.0, 0, 0
    for each in prompts:
        own_PV = speak(each.said_NT[:, :-1]).cpu().float().log_softmax(-1)[each.answer_NT[:, 1:]]
        kl += float((each.known_PV.exp() * (each.known_PV - own_PV)).sum(-1).double().sum())
        same += int((own_PV.argmax(-1) == each.known_PV.argmax(-1)).sum())
        places += len(own_PV)
    return kl / places, same / places
