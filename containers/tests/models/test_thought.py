"""Thoughts: many at once equal each alone, switched off they leave no trace, their marks are never said."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from agent_forge.models.config import ActConfig, LtmConfig, ModelConfig, QuantConfig, ThoughtConfig
from agent_forge.models.folder import architecture_hash, load_model, save_model, shapes_of
from agent_forge.models.generate import generate
from agent_forge.models.memory_branch import trace_memory
from agent_forge.models.thinking import (
    Thoughts,
    entropy,
    sample_thoughts,
    select_places,
    talk,
    thought_of,
    trace_text,
    with_thoughts,
    without_thoughts,
)
from agent_forge.models.thought import mixed_log_probs
from agent_forge.models.titan import TinyTitan
from tests.models.reference import pico_config

START, END = 3, 4
THOUGHT = ThoughtConfig(
    enabled=True, start_id=START, end_id=END, n_thought=5, n_true=3, mix="log-probs", every=4
)
LENGTH = 23


def seeded(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pico(config: ThoughtConfig = THOUGHT, **blocks: object) -> TinyTitan:
    """A thinking model whose head says something and whose tokens ponder differently long."""
    plain = TinyTitan(pico_config(**blocks)).initialise(5)
    model = with_thoughts(plain, config, torch.randn(2, 16, generator=seeded()), seed=2)
    with torch.no_grad():
        thought_of(model).last_weight.normal_(generator=seeded(3))
        if model.act is not None:
            model.act.halt.weight.normal_(0.0, 2.0, generator=seeded())
    return model.eval()


def text(batch: int = 2, length: int = LENGTH) -> Tensor:
    return torch.randint(8, 64, (batch, length), generator=seeded(9))


CASES = {
    "memory and pondering": {},
    "persistent tokens": {"ltm": LtmConfig(dim=8, chunk=4, persistent=3)},
    "a deep memory without convolution, thoughts longer than a chunk": {
        "ltm": LtmConfig(dim=8, chunk=3, depth=2, conv=1)
    },
    "a chunk longer than the text": {"ltm": LtmConfig(dim=8, chunk=32)},
    "neither": {"ltm": LtmConfig(enabled=False), "act": ActConfig(enabled=False)},
    "no sub-layer norms": {"quant": QuantConfig(subln=False)},
}


@pytest.mark.parametrize("case", CASES)
@torch.no_grad()
def test_thoughts_in_parallel_equal_a_plain_pass_per_place(case: str) -> None:
    # given eight random places, in random order and with a repeat, and random thoughts
    model, ids = pico(**CASES[case]), text()
    places = torch.randint(LENGTH, (2, 8), generator=seeded(4))
    tokens = torch.randint(3, 64, (2, 8, 7), generator=seeded(6))
    # when they are read together, in two goes
    thoughts = Thoughts(model, trace_text(model, ids), places)
    hidden = torch.cat([thoughts.extend(tokens[..., :1]), thoughts.extend(tokens[..., 1:])], dim=2)
    # then each is what the text up to its place and the thought alone give
    for row in range(2):
        for number in range(8):
            alone = torch.cat([ids[row, : places[row, number] + 1], tokens[row, number]])[None]
            expected = model(alone).logits_BTV[0, -7:]
            torch.testing.assert_close(model.logits(hidden[row, number]), expected, rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_a_trace_is_the_plain_pass_and_its_memory_states_are_those_of_each_prefix() -> None:
    model, ids = pico(), text()
    trace = trace_text(model, ids)
    torch.testing.assert_close(trace.logits_BTV, model(ids).logits_BTV, rtol=1e-5, atol=1e-5)
    assert model.ltm is not None
    x = torch.randn(2, LENGTH, 16, generator=seeded())
    out, memory = trace_memory(model.ltm, x)
    torch.testing.assert_close(out, model.ltm(x, model.ltm.start(2))[0], rtol=1e-5, atol=1e-5)
    for boundary in range(LENGTH // 4 + 1):
        state = model.ltm.start(2)
        if boundary:
            _, state = model.ltm(x[:, : 4 * boundary], state)
        torch.testing.assert_close(memory.weights[0][:, boundary], state.weights[0], rtol=1e-5, atol=1e-5)


@torch.no_grad()
def test_a_thought_sees_nothing_behind_its_place_and_nothing_of_other_thoughts() -> None:
    model, ids = pico(), text()
    places = torch.tensor([[6, 6, 12], [6, 6, 12]])
    tokens = torch.randint(3, 64, (2, 3, 4), generator=seeded(6))
    before = Thoughts(model, trace_text(model, ids), places).extend(tokens)
    ids[:, 7:], tokens[:, 1:] = 8, 9
    after = Thoughts(model, trace_text(model, ids), places).extend(tokens)
    assert torch.equal(before[:, 0], after[:, 0])
    assert not torch.equal(before[:, 2], after[:, 2])


@torch.no_grad()
def test_a_model_that_has_just_got_thoughts_says_exactly_what_it_said() -> None:
    plain = TinyTitan(pico_config()).initialise(5).eval()
    model = with_thoughts(plain, THOUGHT, torch.randn(2, 16), seed=2)
    ids = text()
    assert torch.equal(model(ids).logits_BTV, plain(ids).logits_BTV)
    places, _ = select_places(THOUGHT, model(ids[:, :-1]).logits_BTV)
    following = torch.stack([ids[:, places[0] + 1 + i] for i in range(3)], dim=-1)
    thoughts = torch.randint(8, 64, (*places.shape, 5), generator=seeded())
    said = talk(model, trace_text(model, ids[:, :-1]), places, thoughts, following)
    assert torch.equal(said.weight_BMn, torch.zeros_like(said.weight_BMn))
    torch.testing.assert_close(said.talk_BMn, said.base_BMn)
    log_probs = plain(ids).logits_BTV.log_softmax(-1)
    expected = torch.stack([log_probs[:, places[0] + i] for i in range(3)], dim=2)
    torch.testing.assert_close(said.base_BMn, expected.gather(-1, following[..., None]).squeeze(-1))


@torch.no_grad()
def test_switched_off_a_trained_thinker_is_bit_equal_to_its_weights_without_the_block() -> None:
    model, ids = pico(), text()
    plain = without_thoughts(model)
    assert {name for name in model.state_dict() if name not in plain.state_dict()} == {
        f"thought.{n}" for n in ("marks", "first.weight", "first.bias", "second.weight", "second.bias",
                                 "last_weight", "last_bias")
    }  # fmt: skip
    assert architecture_hash(shapes_of(plain)) == architecture_hash(shapes_of(model))
    assert torch.equal(model(ids).logits_BTV, plain(ids).logits_BTV)
    for temperature in (0.0, 1.0):
        # The plain model may say what is marked here; it does not in these twenty tokens.
        one, two = (
            generate(m, ids[0, :6], 20, use_thoughts=False, seed=1, temperature=temperature)
            for m in (model, plain)
        )
        assert torch.equal(one, two)


@torch.no_grad()
def test_generation_with_thoughts_says_what_teacher_forcing_scores() -> None:
    # given sharp distributions, greedy words, and thoughts without noise worth speaking of
    model = pico(replace(THOUGHT, temperature=1e-4))
    model.norm.weight.fill_(20.0)
    prompt = text(1, 8)[0]
    # when four tokens follow the thought behind place 7, the last of them without its help
    said = generate(model, prompt, 4, use_thoughts=True, temperature=0.0)
    # then each of the first three is the likeliest of all rows in the teacher-forced mixture
    longer = torch.cat([prompt, said])[None]
    trace = trace_text(model, longer)
    thought = sample_thoughts(model, trace, torch.tensor([[7]]), seeded()).expand(-1, 64, -1)
    for place in range(3):
        following = said[:3].repeat(64, 1)
        following[:, place] = torch.arange(64)
        log_probs = talk(model, trace, torch.full((1, 64), 7), thought, following[None]).talk_BMn[0, :, place]
        log_probs[[START, END]] = float("-inf")
        assert int(log_probs.argmax()) == int(said[place])
    assert int(said[3]) == int(model(longer[:, :-1]).logits_BTV[0, -1].argmax())
    assert not torch.equal(said, generate(model, prompt, 4, use_thoughts=False, temperature=0.0))


@pytest.mark.parametrize("use_thoughts", [True, False])
@pytest.mark.parametrize("temperature", [0.0, 1.0])
@torch.no_grad()
def test_the_marks_are_never_said_and_never_thought_even_where_they_are_likeliest(
    use_thoughts: bool, temperature: float
) -> None:
    # given a head that gives both marks a far higher logit than anything else
    model = pico()
    model.embedding.weight[[START, END]] = 100.0 * model.embedding.weight[10]
    model.norm.weight.copy_(100.0 * model.embedding.weight[10].sign())
    prompt = text(1, 6)[0]
    # when
    said = generate(model, prompt, 30, use_thoughts=use_thoughts, seed=3, temperature=temperature)
    thoughts = sample_thoughts(model, trace_text(model, text()), torch.tensor([[3, 9], [4, 5]]), seeded())
    # then
    for tokens in (said, thoughts):
        assert not set(tokens.flatten().tolist()) & {START, END}


@torch.no_grad()
def test_generation_repeats_for_a_seed_and_differs_between_seeds() -> None:
    model, prompt = pico(), text(1, 6)[0]
    one, two, other = (generate(model, prompt, 20, use_thoughts=True, seed=s) for s in (1, 1, 2))
    assert torch.equal(one, two)
    assert not torch.equal(one, other)
    assert generate(model, prompt, 0, use_thoughts=True).shape == (0,)


def test_thoughts_asked_of_a_model_that_has_none_are_refused() -> None:
    with pytest.raises(ValueError, match="no thought block"):
        generate(TinyTitan(pico_config()).initialise(1), text(1)[0], 3, use_thoughts=True)


@torch.no_grad()
def test_sampled_thoughts_follow_the_models_own_distribution() -> None:
    model, ids = pico(replace(THOUGHT, n_thought=1)), text(1)
    places = torch.full((1, 4000), 9)
    drawn = sample_thoughts(model, trace_text(model, ids), places, seeded())
    share = torch.bincount(drawn.flatten(), minlength=64) / 4000
    logits = model(torch.cat([ids[0, :10], torch.tensor([START])])[None]).logits_BTV[0, -1]
    logits[[START, END]] = float("-inf")
    torch.testing.assert_close(share, logits.softmax(-1), rtol=0, atol=0.03)


def test_places_are_every_kth_or_the_hardest_above_the_threshold() -> None:
    logits = torch.randn(2, 20, 64, generator=seeded()) * torch.rand(2, 20, 1, generator=seeded()) * 4
    places, counts = select_places(THOUGHT, logits)
    assert places.tolist() == [[3, 7, 11, 15]] * 2
    assert bool(counts.all())
    hard, counts = select_places(replace(THOUGHT, select="hard", threshold=3.5), logits)
    of = entropy(logits)
    assert hard.shape == (2, 4)
    for row in range(2):
        best = sorted(range(18), key=lambda p: -float(of[row, p]))[:4]
        assert sorted(hard[row].tolist()) == sorted(best)
        assert [bool(of[row, p] > 3.5) for p in hard[row]] == counts[row].tolist()


def test_a_mixture_is_normalised_and_its_ends_are_both_models() -> None:
    base, thought = torch.randn(2, 5, 64, generator=seeded()).unbind(0)
    weight = torch.tensor([0.0, 1.0, 0.5, -0.3, 1.2])
    mixed = mixed_log_probs(base, thought, weight)
    torch.testing.assert_close(mixed.exp().sum(-1), torch.ones(5))
    torch.testing.assert_close(mixed[0], base[0].log_softmax(-1))
    torch.testing.assert_close(mixed[1], thought[1].log_softmax(-1))
    product = base[2].softmax(-1).sqrt() * thought[2].softmax(-1).sqrt()
    torch.testing.assert_close(mixed[2].exp(), product / product.sum())


def test_every_tensor_of_the_block_learns_from_the_talk() -> None:
    model, ids = pico().train(), text()
    places = torch.tensor([[5, 11], [3, 17]])
    trace = trace_text(model, ids)
    thoughts = sample_thoughts(model, trace, places, seeded())
    following = ids[torch.arange(2)[:, None, None], places[..., None] + 1 + torch.arange(3)]
    said = talk(model, trace, places, thoughts, following)
    (said.talk_BMn.sum() + said.own_BMt.sum()).backward()
    assert [n for n, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0] == []


def test_every_switch_is_saved_and_loaded(tmp_path: Path) -> None:
    config = replace(THOUGHT, select="hard", threshold=2.5, temperature=0.7)
    model = pico(config)
    save_model(model, tmp_path, "{}")
    loaded = load_model(tmp_path)
    assert loaded.config.thought == config
    assert json.loads((tmp_path / "config.json").read_text())["thought"]["select"] == "hard"
    prompt = text(1)[0]
    assert torch.equal(
        generate(loaded, prompt, 5, use_thoughts=True), generate(model, prompt, 5, use_thoughts=True)
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start_id": None}, "two different rows"),
        ({"end_id": START}, "two different rows"),
        ({"start_id": 0}, "two different rows"),
        ({"end_id": 64}, "below 64"),
        ({"n_thought": 0}, "n_thought is 0"),
        ({"n_true": 0}, "n_true is 0"),
        ({"mix": "none"}, "mix is 'none'"),
        ({"select": "some"}, "'every' or 'hard'"),
        ({"temperature": 0.0}, "temperature is 0.0"),
    ],
)
def test_thoughts_that_cannot_be_are_refused(change: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ModelConfig(arch=pico_config().arch, thought=replace(THOUGHT, **change))
