"""TinyTitan: causal, decodable from any split, and each mechanism can be switched off."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from agent_forge.models.attention import Attention, positions, rotate
from agent_forge.models.config import ActConfig, LtmConfig, ModelConfig, QuantConfig
from agent_forge.models.titan import TinyTitan
from tests.models.reference import pico_config

LENGTH = 14


def pico(**blocks: object) -> TinyTitan:
    model = TinyTitan(pico_config(**blocks)).initialise(5)
    if model.act is not None:
        with (
            torch.no_grad()
        ):  # spread the halting probabilities, so that tokens take different numbers of steps
            model.act.halt.weight.normal_(0.0, 2.0, generator=torch.Generator().manual_seed(1))
    return model.eval()


def tokens(batch: int = 2, length: int = LENGTH) -> Tensor:
    return torch.randint(0, 64, (batch, length), generator=torch.Generator().manual_seed(9))


CASES = {
    "everything": {},
    "persistent tokens": {"ltm": LtmConfig(dim=8, chunk=4, persistent=3)},
    "a deep memory without convolution": {"ltm": LtmConfig(dim=8, chunk=3, depth=2, conv=1)},
    "no memory": {"ltm": LtmConfig(enabled=False)},
    "no pondering": {"act": ActConfig(enabled=False)},
    "no sub-layer norms": {"quant": QuantConfig(subln=False)},
}


@pytest.mark.parametrize("case", CASES)
@torch.no_grad()
def test_prefill_and_decoding_equal_the_full_pass_at_every_split_point(case: str) -> None:
    model, ids = pico(**CASES[case]), tokens()
    full = model(ids)
    for split in range(1, LENGTH):
        # when
        output = model(ids[:, :split], compact=True)
        logits, state = [output.logits_BTV], output.state
        for place in range(split, LENGTH):
            output = model.step(state, ids[:, place])
            logits.append(output.logits_BTV)
            state = output.state
        # then
        torch.testing.assert_close(torch.cat(logits, 1), full.logits_BTV, rtol=1e-5, atol=1e-5)


@torch.no_grad()
def test_a_prefill_in_uneven_pieces_equals_the_full_pass() -> None:
    model, ids = pico(), tokens()
    full, state, pieces = model(ids).logits_BTV, None, []
    for start, stop in ((0, 3), (3, 10), (10, 11), (11, 14)):
        output = model(ids[:, start:stop], state)
        state = output.state
        pieces.append(output.logits_BTV)
    torch.testing.assert_close(torch.cat(pieces, 1), full, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("place", [1, 4, 7, 13])
@torch.no_grad()
def test_changing_a_token_leaves_every_earlier_output_bit_equal(place: int) -> None:
    model, ids = pico(), tokens()
    changed = ids.clone()
    changed[:, place] = (changed[:, place] + 1) % 64
    before, after = model(ids).logits_BTV, model(changed).logits_BTV
    assert torch.equal(before[:, :place], after[:, :place])
    assert not torch.equal(before[:, place], after[:, place])


@torch.no_grad()
def test_masked_and_compacted_passes_agree_while_tokens_stop_at_different_steps() -> None:
    model, ids = pico(), tokens()
    masked, compacted = model(ids), model(ids, compact=True)
    assert len(set(masked.steps_BT.flatten().tolist())) > 1
    assert torch.equal(masked.steps_BT, compacted.steps_BT)
    torch.testing.assert_close(masked.logits_BTV, compacted.logits_BTV, rtol=1e-5, atol=1e-5)


@torch.no_grad()
def test_memory_reaches_further_back_than_all_attention_windows_together() -> None:
    # given: two blocks with a window of 5 see 8 tokens back; pondering re-reads the same keys
    ids = tokens(1, 30)
    changed = ids.clone()
    changed[:, 2] = (changed[:, 2] + 1) % 64
    # then
    with_memory, without = pico(), pico(ltm=LtmConfig(enabled=False))
    assert not torch.equal(with_memory(ids).logits_BTV[:, -1], with_memory(changed).logits_BTV[:, -1])
    assert torch.equal(without(ids).logits_BTV[:, -1], without(changed).logits_BTV[:, -1])


@torch.no_grad()
def test_a_branched_state_continues_each_row_as_if_it_were_alone() -> None:
    model, ids = pico(), tokens()
    state = model(ids[:, :6]).state.select(torch.tensor([1, 1, 0]))
    branched = model.step(state, torch.tensor([3, 4, 5])).logits_BTV
    alone = model.step(model(ids[1:2, :6]).state, torch.tensor([4])).logits_BTV
    torch.testing.assert_close(branched[1:2], alone, rtol=1e-5, atol=1e-5)


def test_switched_off_mechanisms_leave_no_parameters_and_switched_on_ones_are_prefixed() -> None:
    names = {name for name, _ in pico().named_parameters()}
    plain = {
        name
        for name, _ in pico(act=ActConfig(enabled=False), ltm=LtmConfig(enabled=False)).named_parameters()
    }
    assert {name.split(".")[0] for name in names - plain} == {"act", "ltm"}
    assert plain < names


def test_every_parameter_gets_a_gradient() -> None:
    model = pico(ltm=LtmConfig(dim=8, chunk=4, persistent=2))
    output = model.train()(tokens())
    (output.logits_BTV.square().mean() + output.cost_BT.mean()).backward()
    without = [n for n, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    # The last step's embedding counts only when some token takes that step, which it does here.
    assert without == []


def test_sub_layer_gains_exist_whether_or_not_they_are_applied() -> None:
    applied = {name for name, _ in pico().named_parameters()}
    assert applied == {name for name, _ in pico(quant=QuantConfig(subln=False)).named_parameters()}


def test_initialisation_depends_on_the_seed_and_on_nothing_else() -> None:
    torch.manual_seed(123)
    first = TinyTitan(pico_config()).initialise(5).state_dict()
    second = TinyTitan(pico_config()).initialise(5).state_dict()
    third = TinyTitan(pico_config()).initialise(6).state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not torch.equal(first["embedding.weight"], third["embedding.weight"])


def test_no_matrix_starts_at_zero() -> None:
    zero = [
        n
        for n, p in TinyTitan(pico_config()).initialise(1).named_parameters()
        if p.dim() >= 2 and not p.any()
    ]
    assert zero == []


def test_attention_equals_a_loop_over_queries_and_keys() -> None:
    # given
    arch = pico_config().arch
    attention = Attention(arch, subln=False)
    x = torch.randn(1, 9, arch.d_model, generator=torch.Generator().manual_seed(2))
    where = positions(arch, 0, 9, 0)
    # when
    k, v = attention.keys_values(x, where)
    out = attention.read(x, k, v, where)
    # then
    q = rotate(attention.q(x).unflatten(-1, (2, 8)).transpose(1, 2), where.cos_TK, where.sin_TK)
    mixed = torch.zeros(1, 2, 9, 8)
    for head in range(2):
        for t in range(9):
            seen = range(max(0, t - arch.window + 1), t + 1)
            scores = torch.stack([q[0, head, t] @ k[0, head, s] / 8**0.5 for s in seen]).softmax(0)
            mixed[0, head, t] = sum(w * v[0, head, s] for w, s in zip(scores, seen, strict=True))
    torch.testing.assert_close(out, attention.o(mixed.transpose(1, 2).flatten(-2)), rtol=1e-5, atol=1e-5)


def test_rotary_scores_depend_on_the_distance_only() -> None:
    arch = pico_config().arch
    q, k = torch.randn(2, 1, 1, 1, 8, generator=torch.Generator().manual_seed(2))
    scores = []
    for start in (0, 1000):
        at = positions(arch, start, 4, 0)
        scores.append(
            (rotate(q, at.cos_TK[3:], at.sin_TK[3:]) * rotate(k, at.cos_TK[1:2], at.sin_TK[1:2])).sum()
        )
    torch.testing.assert_close(scores[0], scores[1], rtol=1e-3, atol=1e-3)


def test_a_config_that_cannot_be_built_is_refused_with_the_value() -> None:
    arch = pico_config().arch
    with pytest.raises(ValueError, match="num_heads is 3; expected a divisor of d_model 16"):
        ModelConfig(arch=replace(arch, num_heads=3))
    with pytest.raises(ValueError, match="vocab_size is 100; expected a multiple of 64"):
        ModelConfig(arch=replace(arch, vocab_size=100))
