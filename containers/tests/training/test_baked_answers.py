"""Baked answers travel as a file; asked again, the teacher is where it was and another model is not."""

from pathlib import Path

import pytest
import torch

from agent_forge.models.titan import TinyTitan
from agent_forge.training.answers import answer_all, distance, speaker
from agent_forge.training.baked_answers import baked_of, read_baked, told_apart, write_baked
from tests.graphs.toys import config_of

PROMPT, INPUTS = [40, 41, 42], [[50, 51], [60], [70, 71, 72]]


def model(seed: int) -> TinyTitan:
    return TinyTitan(config_of()).initialise(seed).eval()


def test_the_divergence_is_that_of_the_two_models_themselves(tmp_path: Path) -> None:
    teacher, student = model(1), model(2)
    answers = answer_all(teacher, PROMPT, INPUTS, 3, seed=0)
    write_baked(tmp_path / "baked.safetensors", [baked_of(speaker(teacher), answers)])
    prompts = read_baked(tmp_path / "baked.safetensors")
    kl, agreement = told_apart(speaker(student), prompts)
    expected = distance(speaker(teacher), speaker(student), answers, 8)
    # All answers are of one length, so that a mean over tokens is a mean over answers.
    assert kl == pytest.approx(float(expected.kl_N.mean()), abs=1e-5)
    assert agreement == pytest.approx(float(expected.agreement_N.mean()))


def test_a_teacher_without_a_prompt_is_not_told_apart_from_itself() -> None:
    teacher = model(1)
    baked = baked_of(speaker(teacher), answer_all(teacher, [], INPUTS, 3, seed=0))
    assert told_apart(speaker(teacher), [baked]) == (pytest.approx(0.0, abs=1e-6), 1.0)
    assert torch.allclose(baked.known_PV.exp().sum(-1), torch.ones(9), atol=1e-5)
