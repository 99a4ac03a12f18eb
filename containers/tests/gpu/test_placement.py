"""Every tensor is made where the model is."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._device import _device_constructors

from agent_forge.evaluation.held_out import HeldOut, score_model
from agent_forge.models.folder import load_model, save_model
from agent_forge.models.titan import TinyTitan
from tests.gpu.toy_training import toy_batch, toy_model, trained


class PlaceWatch(TorchFunctionMode):
    """Notes calls that make a tensor without saying where: they land on the CPU."""

    def __init__(self) -> None:
        super().__init__()
        self.unplaced: list[str] = []

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        if func in _device_constructors() and (kwargs or {}).get("device") is None:
            self.unplaced.append(func.__name__)
        return func(*args, **(kwargs or {}))


def tensors_in(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            yield from tensors_in(getattr(value, part.name))
    elif isinstance(value, tuple):
        for part in value:
            yield from tensors_in(part)


def whole_use(model: TinyTitan, tokens: Tensor) -> list[Tensor]:
    """Prefill, decode, branch; every tensor that comes out."""
    with torch.no_grad():
        first = model(tokens[:, :23], compact=True)
        second = model.step(first.state, tokens[:, 23])
        rows = tokens[:2, 0] * 0
        third = model(tokens[:2, 24:26], second.state.select(rows))
    return [*tensors_in(first), *tensors_in(second), *tensors_in(third)]


def test_a_tensor_made_without_a_place_is_noticed() -> None:
    with PlaceWatch() as watch:
        torch.zeros(2)
        torch.ones(2, device="cpu")
    assert watch.unplaced == ["zeros"]


def test_a_pass_makes_no_tensor_without_saying_where(device: torch.device) -> None:
    model = toy_model(device)
    tokens = toy_batch(0).tokens.to(device)
    with PlaceWatch() as watch:
        whole_use(model, tokens)
        model(tokens).logits_BTV.sum().backward()
    assert watch.unplaced == []


def test_everything_that_a_pass_gives_back_is_where_the_model_is(device: torch.device) -> None:
    found = whole_use(toy_model(device), toy_batch(0).tokens.to(device))
    assert len(found) > 30
    assert {tensor.device for tensor in found} == {device}


def test_a_training_step_takes_a_batch_of_the_cpu_and_keeps_its_state_with_the_model(
    device: torch.device,
) -> None:
    training, _ = trained(device, 2)
    state = [value for values in training.optimizer.state.values() for value in values.values()]
    assert {tensor.device for tensor in [*training.model.parameters(), *state]} == {device}
    assert {tensor.device.type for tensor in training.tensors().values()} == {"cpu"}


def test_a_seed_names_the_same_weights_on_every_device(device: torch.device) -> None:
    there, here = toy_model(device), toy_model(torch.device("cpu"))
    for name, tensor in there.state_dict().items():
        assert torch.equal(tensor.cpu(), here.state_dict()[name]), name


@pytest.mark.cuda
def test_masked_and_compacted_passes_on_cuda_equal_those_of_the_cpu() -> None:
    tokens = toy_batch(3).tokens
    here, there = toy_model(torch.device("cpu")), toy_model(torch.device("cuda:0"))
    for compact in (False, True):
        with torch.no_grad():
            expected, found = here(tokens, compact=compact), there(tokens.cuda(), compact=compact)
        torch.testing.assert_close(found.logits_BTV.cpu(), expected.logits_BTV, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(found.steps_BT.cpu(), expected.steps_BT)


@pytest.mark.cuda
def test_a_model_is_scored_on_cuda_as_on_the_cpu() -> None:
    tokens = toy_batch(5).tokens.flatten()
    held_out = HeldOut(tokens, tuple(b"x" for _ in range(320)))
    scores = [
        score_model(toy_model(torch.device(place)), held_out, 24, 16, 4).bits_per_byte
        for place in ("cpu", "cuda:0")
    ]
    assert scores[1] == pytest.approx(scores[0], rel=1e-4)


@pytest.mark.cuda
def test_a_model_saved_on_cuda_loads_on_the_cpu_and_back(tmp_path: Any) -> None:
    training, _ = trained(torch.device("cuda:0"), 2)
    save_model(training.model, tmp_path, "{}")
    for place in ("cpu", "cuda:0"):
        loaded = load_model(tmp_path, place)
        assert loaded.device == torch.device(place)
        for name, tensor in training.model.state_dict().items():
            assert torch.equal(loaded.state_dict()[name].cpu(), tensor.cpu()), name
