"""The stepping model is the model: in one pass, in pieces, with rows at different places."""

import pytest
import torch

from agent_forge.graphs.dequantised import dequantised
from agent_forge.graphs.stepping import KEYS, MOMENTUM, PENDING, VALUES, WEIGHTS, SteppingModel, pack_state
from tests.graphs.toys import CHUNK, WINDOW, config_of, titan, tokens

CLOSE = 2e-6


@pytest.fixture(autouse=True)
def without_gradients() -> object:
    with torch.no_grad():
        yield


@pytest.mark.parametrize("choice", [{}, {"persistent": 3}, {"depth": 2}, {"memory": False}, {"act": 0}])
def test_one_pass_gives_the_models_logits_and_its_state(choice: dict[str, int]) -> None:
    plain = dequantised(titan(config_of(**choice)))
    stepping, rows = SteppingModel(dequantised(plain)), tokens(3, 21)
    expected = plain(rows)
    logits_BTV, state = stepping(rows, stepping.start(3))
    assert torch.allclose(logits_BTV, expected.logits_BTV, atol=CLOSE)
    packed = pack_state(plain, expected.state)
    assert packed.keys() == state.keys()
    for name, tensor in packed.items():
        used = (21 + choice.get("persistent", 0)) % CHUNK if name == PENDING else tensor.shape[-1]
        shown = tensor[:, :used] if name == PENDING else tensor
        found = state[name][:, :used] if name == PENDING else state[name]
        assert torch.allclose(found, shown, atol=CLOSE), name


@pytest.mark.parametrize("cuts", [(1, 2, 3), (4, 8, 12), (7, 8, 20), tuple(range(1, 21))])
def test_pieces_of_any_length_give_what_one_pass_gives(cuts: tuple[int, ...]) -> None:
    plain = dequantised(titan(config_of(persistent=2)))
    stepping, rows = SteppingModel(dequantised(plain)), tokens(2, 21)
    state, found = stepping.start(2), []
    for start, stop in zip((0, *cuts), (*cuts, 21), strict=True):
        logits, state = stepping(rows[:, start:stop], state)
        found.append(logits)
    assert torch.allclose(torch.cat(found, dim=1), plain(rows).logits_BTV, atol=CLOSE)


def test_rows_that_stand_at_different_places_go_on_together() -> None:
    plain = dequantised(titan(config_of()))
    stepping, rows = SteppingModel(dequantised(plain)), tokens(2, 19)
    _, early = stepping(rows[:1, :3], stepping.start(1))
    _, late = stepping(rows[1:, :10], stepping.start(1))
    both = {name: torch.cat([early[name], late[name]]) for name in early}
    logits, _ = stepping(torch.stack([rows[0, 3:12], rows[1, 10:19]]), both)
    assert torch.allclose(logits[0], plain(rows[:1, :12]).logits_BTV[0, 3:], atol=CLOSE)
    assert torch.allclose(logits[1], plain(rows[1:]).logits_BTV[0, 10:], atol=CLOSE)


def test_at_position_0_a_sequence_begins_anew_whatever_the_state_holds() -> None:
    stepping, rows = SteppingModel(dequantised(titan(config_of(persistent=1)))), tokens(1, 9)
    expected, used = stepping(rows, stepping.start(1))
    used["position"] = torch.zeros_like(used["position"])
    assert torch.equal(stepping(rows, used)[0], expected)


@pytest.mark.parametrize("bias", [-2.0, 0.5, 6.0])
def test_masked_pondering_is_the_pondering_that_stops_early(bias: float) -> None:
    plain = dequantised(titan(config_of(act=4), halt_bias=bias))
    stepping, rows = SteppingModel(dequantised(plain)), tokens(2, 9)
    expected = plain(rows, compact=True).logits_BTV
    assert torch.allclose(stepping(rows, stepping.start(2))[0], expected, atol=CLOSE)


def test_the_state_has_the_size_that_the_formula_gives_and_keeps_it() -> None:
    stepping = SteppingModel(dequantised(titan(config_of())))
    arch = stepping.titan.config.arch
    state = stepping.start(3)
    for length in (1, 40):
        _, state = stepping(tokens(3, length), state)
        cached = sum(state[name].numel() * 4 for name in (KEYS, VALUES))
        assert cached == 2 * arch.num_layers * arch.num_heads * arch.head_dim * (WINDOW - 1) * 3 * 4
        assert state[WEIGHTS].shape == state[MOMENTUM].shape == (3, 1, 8, 8)


def test_a_model_that_rounds_its_activations_is_refused() -> None:
    with pytest.raises(ValueError, match="rounds its activations"):
        SteppingModel(titan(config_of()))


def test_a_dequantised_copy_has_the_ternary_values_and_leaves_the_model_as_it_was() -> None:
    model = titan(config_of())
    weight = "blocks.0.ffn.up.weight"
    master = model.state_dict()[weight].clone()
    plain = dequantised(model)
    assert len(plain.state_dict()[weight].unique()) == 3
    assert torch.equal(model.state_dict()[weight], master)
    assert model.config.quant.enabled
    assert not plain.config.quant.enabled
