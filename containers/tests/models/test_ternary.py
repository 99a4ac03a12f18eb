"""Ternary projections against the equations, and against the full-precision model they stand in."""

import pytest
import torch

from agent_forge.models.config import QuantConfig
from agent_forge.models.ternary import (
    TernaryLinear,
    quantise_activations,
    set_strength,
    ternarise,
    ternary_projections,
)
from agent_forge.models.titan import TinyTitan
from tests.models.reference import pico_config


def drawn(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def projection(outputs: int = 5, inputs: int = 7) -> TernaryLinear:
    made = TernaryLinear(inputs, outputs, bias=False)
    with torch.no_grad():
        made.weight.copy_(drawn(outputs, inputs))
    return made


def test_codes_are_the_rounded_weights_over_their_mean_magnitude() -> None:
    weight = drawn(6, 9)
    codes, scale = ternarise(weight)
    mean = sum(abs(float(w)) for w in weight.flatten()) / weight.numel()
    assert float(scale) == pytest.approx(mean, rel=1e-6)
    for code, value in zip(codes.flatten().tolist(), weight.flatten().tolist(), strict=True):
        assert code == max(-1, min(1, round(value / mean)))


def test_quantising_what_is_ternary_already_changes_nothing() -> None:
    codes, scale = ternarise(drawn(64, 64))
    share = float((codes != 0).float().mean())
    again, rescaled = ternarise(codes * scale)
    assert torch.equal(again, codes)
    # The mean magnitude shrinks by the share of zeros; the codes stay.
    assert float(rescaled) == pytest.approx(float(scale) * share, rel=1e-5)


def test_a_gaussian_matrix_is_about_31_percent_zeros_and_points_the_same_way() -> None:
    weight = drawn(512, 512)
    codes, scale = ternarise(weight)
    assert float((codes == 0).float().mean()) == pytest.approx(0.31, abs=0.01)
    cosine = torch.cosine_similarity((codes * scale).flatten(), weight.flatten(), dim=0)
    assert float(cosine) == pytest.approx(0.887, abs=0.005)


def test_an_all_zero_matrix_or_token_stays_zero_and_finite() -> None:
    codes, scale = ternarise(torch.zeros(3, 4))
    values, token_scale = quantise_activations(torch.zeros(2, 4))
    assert not codes.any()
    assert not values.any()
    assert torch.isfinite(scale)
    assert torch.isfinite(token_scale).all()


def test_each_token_has_its_own_scale_and_is_off_by_at_most_half_a_level() -> None:
    x = drawn(3, 5, 16) * torch.tensor([0.01, 1.0, 100.0])[:, None, None]
    values, scale = quantise_activations(x)
    assert scale.shape == (3, 5, 1)
    assert values.abs().amax(dim=-1).eq(127).all()
    assert ((values / scale - x).abs() <= 0.5001 / scale).all()


def test_the_output_equals_an_integer_product_times_the_two_scales() -> None:
    layer, x = projection(), drawn(4, 7, seed=1)
    codes, weight_scale = ternarise(layer.weight.detach())
    values, token_scale = quantise_activations(x)
    exact = (values.long() @ codes.long().t()).double() * float(weight_scale) / token_scale.double()
    torch.testing.assert_close(layer(x).double(), exact, rtol=1e-5, atol=1e-5)


def test_gradients_pass_straight_through_both_quantisers() -> None:
    layer, x = projection(), drawn(4, 7, seed=2).requires_grad_()
    layer(x).sum().backward()
    codes, weight_scale = ternarise(layer.weight.detach())
    values, token_scale = quantise_activations(x.detach())
    # Of the sum over outputs: column sums of the quantised weights, and of the quantised inputs.
    torch.testing.assert_close(x.grad, (codes * weight_scale).sum(0).expand(4, 7))
    torch.testing.assert_close(layer.weight.grad, (values / token_scale).sum(0).expand(5, 7))


def test_the_strength_leads_from_the_plain_projection_to_the_quantised_one() -> None:
    layer, x = projection(), drawn(4, 7, seed=3)
    quantised = layer(x)
    layer.strength = 0.0
    assert torch.equal(layer(x), torch.nn.functional.linear(x, layer.weight))
    layer.strength = 0.5
    half = layer(x)
    assert not torch.allclose(half, quantised)
    layer.strength = 1.0
    assert torch.equal(layer(x), quantised)


def test_a_ternary_model_has_the_names_and_shapes_of_the_plain_one_and_equals_it_at_strength_zero() -> None:
    plain = TinyTitan(pico_config()).initialise(5).eval()
    ternary = TinyTitan(pico_config(quant=QuantConfig(enabled=True))).eval()
    ternary.load_state_dict(plain.state_dict())
    assert list(ternary.state_dict()) == list(plain.state_dict())
    ids = torch.randint(0, 64, (2, 12), generator=torch.Generator().manual_seed(9))
    assert not torch.allclose(ternary(ids).logits_BTV, plain(ids).logits_BTV, atol=1e-4)
    set_strength(ternary, 0.0)
    assert torch.equal(ternary(ids).logits_BTV, plain(ids).logits_BTV)


def test_only_projections_of_blocks_are_ternary_and_kept_ones_are_not() -> None:
    model = TinyTitan(pico_config(quant=QuantConfig(enabled=True, kept_fp=("0.attn.*", "*.ffn.down"))))
    names = {name for name, _ in ternary_projections(model)}
    parts = ("attn.q", "attn.k", "attn.v", "attn.o", "ffn.gate", "ffn.up", "ffn.down")
    layers = range(model.config.arch.num_layers)
    everything = {f"blocks.{layer}.{part}" for layer in layers for part in parts}
    assert names == {
        n for n in everything if not n.startswith("blocks.0.attn.") and not n.endswith("ffn.down")
    }


def test_a_ternary_model_decodes_token_by_token_what_its_full_pass_says() -> None:
    model = TinyTitan(pico_config(quant=QuantConfig(enabled=True))).initialise(3).eval()
    ids = torch.randint(0, 64, (2, 10), generator=torch.Generator().manual_seed(4))
    with torch.no_grad():
        full, state, rows = model(ids).logits_BTV, model.start(2), []
        for place in range(ids.shape[1]):
            output = model.step(state, ids[:, place])
            rows.append(output.logits_BTV)
            state = output.state
    torch.testing.assert_close(torch.cat(rows, 1), full, rtol=1e-3, atol=1e-3)
