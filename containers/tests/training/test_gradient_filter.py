"""Grokfast's filters against their frequency response, a loop written out, and a training without them."""

import math
from pathlib import Path

import pytest
import torch
from torch import nn

from agent_forge.errors import ForgeError
from agent_forge.training.gradient_filter import ExponentialFilter, GradientFilter, WindowFilter
from agent_forge.training.loop import train
from agent_forge.training.training_state import Training
from tests.phases.fake_context import FolderContext
from tests.training.toy_training import Rows, difference, fresh, recipe, room

DEVICE = torch.device("cpu")


def filtered(by: GradientFilter, gradients: list[torch.Tensor]) -> list[torch.Tensor]:
    """What the optimizer would get, step by step, of one parameter with these gradients."""
    parameter, seen = nn.Parameter(torch.zeros_like(gradients[0])), []
    for gradient in gradients:
        parameter.grad = gradient.clone()
        by.apply([("w", parameter)])
        seen.append(parameter.grad.clone())
    return seen


def drawn(steps: int, size: int = 4) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(steps)
    return [torch.randn(size, generator=generator) for _ in range(steps)]


def test_a_constant_gradient_is_amplified_fully_from_the_first_step_on() -> None:
    constant = torch.tensor([1.0, -2.0])
    for seen in filtered(ExponentialFilter(0.98, 2.0), [constant] * 5):
        torch.testing.assert_close(seen, 3.0 * constant)


def test_an_alternating_gradient_is_hardly_amplified() -> None:
    gradients = [torch.tensor([(-1.0) ** step]) for step in range(2000)]
    last = filtered(ExponentialFilter(0.98, 2.0), gradients)[-1]
    gain = 1 + 2.0 * (1 - 0.98) / (1 + 0.98)
    assert float(abs(last)) == pytest.approx(gain, abs=1e-4)
    assert gain == pytest.approx(1.0202, abs=1e-4)


def test_without_memory_the_filter_is_a_larger_gradient() -> None:
    gradients = drawn(5)
    for seen, gradient in zip(filtered(ExponentialFilter(0.0, 2.0), gradients), gradients, strict=True):
        torch.testing.assert_close(seen, 3.0 * gradient)


@pytest.mark.parametrize("by", [ExponentialFilter(0.9, 0.0), WindowFilter(2, 0.0)])
def test_without_amplification_every_bit_stays(by: GradientFilter) -> None:
    gradients = drawn(6)
    assert all(torch.equal(a, b) for a, b in zip(filtered(by, gradients), gradients, strict=True))


def test_the_exponential_mean_equals_the_recurrence_written_out() -> None:
    gradients, mean = drawn(20), [0.0] * 4
    seen = filtered(ExponentialFilter(0.8, 0.5), gradients)
    for step, gradient in enumerate(gradients):
        values = gradient.double().tolist()
        mean = values if step == 0 else [0.8 * m + 0.2 * g for m, g in zip(mean, values, strict=True)]
        expected = [g + 0.5 * m for m, g in zip(mean, values, strict=True)]
        torch.testing.assert_close(seen[step].double(), torch.tensor(expected).double(), rtol=1e-5, atol=1e-6)


def test_a_window_adds_its_mean_once_it_is_full_and_not_before() -> None:
    gradients = drawn(7)
    seen = filtered(WindowFilter(3, 5.0), gradients)
    for step, gradient in enumerate(gradients):
        window = gradients[max(0, step - 2) : step + 1]
        expected = gradient + 5.0 * sum(window) / 3 if len(window) == 3 else gradient
        torch.testing.assert_close(seen[step], expected)


def test_a_window_keeps_its_gradients_although_the_buffer_is_reused() -> None:
    parameter, by = nn.Parameter(torch.zeros(1)), WindowFilter(2, 1.0)
    parameter.grad = torch.zeros(1)
    for value, expected in ((1.0, 1.0), (3.0, 3.0 + 2.0)):
        parameter.grad.fill_(value)
        by.apply([("w", parameter)])
        assert float(parameter.grad) == expected


@pytest.mark.parametrize("make", [lambda: ExponentialFilter(0.9, 2.0), lambda: WindowFilter(3, 2.0)])
def test_going_on_from_saved_state_is_bit_identical(make: type[GradientFilter]) -> None:
    gradients = drawn(9)
    whole, first, second = make(), make(), make()
    expected = filtered(whole, gradients)
    filtered(first, gradients[:4])
    second.restore(first.tensors(), DEVICE)
    assert all(torch.equal(a, b) for a, b in zip(filtered(second, gradients[4:]), expected[4:], strict=True))


def test_a_parameter_may_get_its_first_gradient_late_and_others_none() -> None:
    late, never, by = nn.Parameter(torch.zeros(1)), nn.Parameter(torch.zeros(1)), ExponentialFilter(0.5, 1.0)
    by.apply([("late", late), ("never", never)])
    late.grad = torch.ones(1)
    by.apply([("late", late), ("never", never)])
    assert float(late.grad) == 2.0
    assert never.grad is None


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: ExponentialFilter(1.0, 2.0), "alpha is 1.0; expected from 0 to below 1"),
        (lambda: ExponentialFilter(0.5, -1.0), "amplification is -1.0; expected at least 0"),
        (lambda: WindowFilter(0, 1.0), "width is 0; expected at least 1"),
        (lambda: ExponentialFilter(math.nan, 1.0), "alpha is nan"),
    ],
)
def test_impossible_filters_are_refused(make: type[GradientFilter], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make()


FILTERS = {"exponential": lambda: ExponentialFilter(0.9, 2.0), "window": lambda: WindowFilter(3, 2.0)}


def trained(context: FolderContext, name: str | None) -> Training:
    """A toy training from its newest checkpoint to its end, with a filter or without."""
    training = fresh()
    training.filter = None if name is None else FILTERS[name]()
    train(context, training, Rows(), recipe(), "training")
    return training


@pytest.mark.parametrize("name", FILTERS)
def test_a_training_with_a_filter_resumes_bit_for_bit_and_ends_elsewhere_than_without(
    name: str, tmp_path: Path
) -> None:
    # given
    whole, plain = trained(room(tmp_path / "whole"), name), trained(room(tmp_path / "plain"), None)
    parts = room(tmp_path / "parts")
    parts.checkpoints.every_step = True
    parts.checkpoints.stop_after_saves = 4
    with pytest.raises(ForgeError, match="a stop was requested"):
        trained(parts, name)
    # when
    parts.checkpoints.every_step = False
    resumed = trained(parts, name)
    assert parts.checkpoints.saves == 4
    # then
    assert difference(whole, resumed) == []
    weights = [name for name in plain.tensors() if name.startswith("model.")]
    assert any(not torch.equal(plain.tensors()[name], whole.tensors()[name]) for name in weights)
