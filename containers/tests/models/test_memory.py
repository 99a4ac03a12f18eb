"""The chunk-parallel memory equals the paper's token-by-token recurrence."""

import pytest
import torch

from agent_forge.models.config import LtmConfig
from agent_forge.models.memory import Inputs, LongTermMemory, decay_tables, inner_gradients
from tests.models.reference import apply_memory, inner_loss, random_inputs, sequential_memory

WIDE = 1e9  # a clip that never acts


def memory(depth: int, chunk: int, clip: float, width: int = 6) -> LongTermMemory:
    module = LongTermMemory(
        LtmConfig(dim=width, depth=depth, chunk=chunk, error_clip=clip), d_model=10, eps=1e-5
    )
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.normal_(0.0, 0.4, generator=generator)
    return module


def scan(module: LongTermMemory, inputs: Inputs) -> torch.Tensor:
    state = module.start(inputs.k.shape[0])
    return module.scan(state.weights, state.momentum, inputs)[0]


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_closed_form_gradients_equal_autograd_of_the_inner_loss(depth: int) -> None:
    # given
    module, inputs = memory(depth, 4, WIDE), random_inputs(2, 5, 6, seed=1)
    weights = tuple(w.expand(2, -1, -1) for w in module.initial)
    # when
    factors = inner_gradients(weights, inputs.k, inputs.v, WIDE)
    # then
    over_tokens = torch.func.vmap(torch.func.grad(inner_loss), in_dims=(None, 0, 0))
    for b in range(2):
        expected = over_tokens(tuple(module.initial), inputs.k[b], inputs.v[b])
        for (g, h), gradient in zip(factors, expected, strict=True):
            torch.testing.assert_close(g[b][:, :, None] * h[b][:, None, :], gradient, rtol=0, atol=1e-5)


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("clip", [1.0, WIDE])
def test_a_chunk_of_one_token_equals_the_sequential_recurrence(depth: int, clip: float) -> None:
    module, inputs = memory(depth, 1, clip), random_inputs(2, 9, 6, seed=2)
    expected = sequential_memory(list(module.initial), inputs, chunk=1, clip=clip)
    torch.testing.assert_close(scan(module, inputs), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("depth", "chunk", "length"), [(1, 4, 12), (1, 4, 11), (2, 3, 10), (1, 16, 5)])
def test_longer_chunks_equal_a_sequential_reference_that_freezes_the_gradient_point(
    depth: int, chunk: int, length: int
) -> None:
    module, inputs = memory(depth, chunk, 1.0), random_inputs(2, length, 6, seed=3)
    expected = sequential_memory(list(module.initial), inputs, chunk=chunk, clip=1.0)
    torch.testing.assert_close(scan(module, inputs), expected, rtol=1e-5, atol=1e-5)


def test_freezing_the_gradient_point_changes_the_result_so_the_reference_can_tell() -> None:
    module, inputs = memory(1, 4, 1.0), random_inputs(1, 12, 6, seed=3)
    frozen = sequential_memory(list(module.initial), inputs, chunk=4, clip=1.0)
    fresh = sequential_memory(list(module.initial), inputs, chunk=1, clip=1.0)
    assert (frozen - fresh).abs().max() > 1e-2


def test_strong_forgetting_gives_finite_tables_and_gradients() -> None:
    # given: nearly everything is forgotten at each token, so that products of (1 - alpha) underflow
    log_keep = torch.full((1, 64), -60.0, requires_grad=True)
    # when
    tables = decay_tables(log_keep, torch.full((1, 64), -60.0), torch.full((1, 64), 0.5))
    (tables.write.sum() + tables.carry.sum()).backward()
    # then
    assert torch.isfinite(tables.write).all()
    assert torch.isfinite(log_keep.grad).all()
    torch.testing.assert_close(torch.diagonal(tables.write[0]), torch.full((64,), 0.5))


def test_the_same_key_over_and_over_keeps_the_memory_finite() -> None:
    # given: the worst case of a frozen gradient point, every write of a chunk pushes the same way
    module = memory(1, 32, 1.0)
    ones = torch.ones(1, 4096)
    key = torch.nn.functional.normalize(torch.ones(1, 4096, 6), dim=-1)
    inputs = Inputs(key, key, 3.0 * torch.ones(1, 4096, 6), ones.mul(-0.02), ones.mul(-3.0), ones.mul(0.9))
    # when
    reads = scan(module, inputs)
    # then
    assert reads.abs().max() < 1e3


def test_one_write_at_the_initial_gates_moves_the_recalled_value_by_about_the_error() -> None:
    # given
    key = torch.tensor([[[1.0, 0, 0, 0, 0, 0]]])
    value = torch.tensor([[[0.0, 0.3, 0, 0, 0, 0]]])
    # when: theta .5, momentum .05, no forgetting, and then a second token with another key
    other = torch.tensor([[[0.0, 0, 0, 0, 0, 1.0]]])
    inputs = Inputs(
        torch.cat([other, key], 1), torch.cat([key, other], 1),
        torch.cat([value, torch.zeros_like(value)], 1),
        torch.zeros(1, 2), torch.full((1, 2), -3.0), torch.full((1, 2), 0.5),
    )  # fmt: skip
    module = memory(1, 1, 1.0)
    with torch.no_grad():
        module.initial[0].zero_()
    # then
    recalled = scan(module, inputs)[0, 1].detach()
    assert recalled[1] == pytest.approx(0.3 * 1.05, rel=0.01)


def test_reading_does_not_depend_on_other_sequences_of_the_batch() -> None:
    module = memory(1, 4, 1.0)
    x = torch.randn(3, 10, 10, generator=torch.Generator().manual_seed(5))
    together, _ = module(x, module.start(3))
    alone, _ = module(x[1:2], module.start(1))
    torch.testing.assert_close(together[1:2], alone)


def test_the_reference_memory_is_the_plain_product_for_depth_one() -> None:
    weight, x = torch.randn(3, 3), torch.randn(3)
    torch.testing.assert_close(apply_memory([weight], x), weight @ x)
