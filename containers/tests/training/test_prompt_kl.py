"""Baking at toy size: the divergence against an oracle, and an effect that moves into the weights."""

import copy

import pytest
import torch
from torch import Tensor

from agent_forge.data.tokenizer import BOS_ID, PAD_ID
from agent_forge.models.config import ActConfig, ArchConfig, LtmConfig, ModelConfig, QuantConfig
from agent_forge.models.low_rank import adapters_of, adapters_off, add_adapters
from agent_forge.models.titan import TinyTitan
from agent_forge.models.weight_delta import add_delta, low_rank_delta, whole_delta
from agent_forge.training.answers import (
    Answers,
    answer_all,
    distance,
    likeliest_answers,
    log_likelihood,
    speaker,
)
from agent_forge.training.loop import Recipe, train_step
from agent_forge.training.prompt_kl import PromptedBatch, PromptedBatches, PromptKL
from agent_forge.training.schedule import Schedule
from agent_forge.training.training_state import Training

PROMPT = [40, 41, 42, 43]
INPUTS = [[10, 11], [12, 13], [14, 15, 16], [17, 18]]


def model_of(seed: int = 1, *, ternary: bool = False) -> TinyTitan:
    """With much attention to what was said and a sure head: a prompt then has something to say."""
    config = ModelConfig(
        arch=ArchConfig(
            d_model=16, num_layers=2, num_heads=2, d_ff=32, vocab_size=64, window=32, embed_scale=1.0
        ),
        act=ActConfig(n_max=2, tau=0.01), ltm=LtmConfig(dim=8, chunk=8), quant=QuantConfig(enabled=ternary),
    )  # fmt: skip
    model = TinyTitan(config).initialise(seed).eval()
    with torch.no_grad():
        model.embedding.weight.mul_(30)
        for block in model.blocks:
            block.attn.o.weight.mul_(6)
    return model


def log_probs(model: TinyTitan, tokens: list[int]) -> Tensor:
    return model(torch.tensor([tokens])).logits_BTV[0].double().log_softmax(-1)


@pytest.fixture
def answers() -> Answers:
    return answer_all(model_of(), PROMPT, INPUTS, 3, seed=5)


def test_answers_stand_behind_their_inputs_with_and_without_the_prompt(answers: Answers) -> None:
    for place, given in enumerate(INPUTS):
        said = answers.answers[place]
        assert len(said) == 3
        plain, heard = ([BOS_ID, *given, *said], [BOS_ID, *PROMPT, *given, *said])
        padding = [PAD_ID] * (3 - len(given))
        assert answers.said_NT[place].tolist() == plain + padding
        assert answers.heard_NS[place].tolist() == heard + padding
    assert answers.shift == len(PROMPT)


def test_the_same_seed_gives_the_same_answers_and_another_others(answers: Answers) -> None:
    again, other = (answer_all(model_of(), PROMPT, INPUTS * 4, 6, seed=seed) for seed in (5, 6))
    assert torch.equal(again.said_NT, answer_all(model_of(), PROMPT, INPUTS * 4, 6, seed=5).said_NT)
    assert not torch.equal(again.said_NT, other.said_NT)


def test_divergence_and_likelihood_are_what_a_loop_over_tokens_finds(answers: Answers) -> None:
    teacher, student = model_of(), model_of(2)
    found = distance(speaker(teacher), speaker(student), answers, batch_size=3)
    heard = log_likelihood(speaker(student), answers, 3, prompted=True)
    with torch.no_grad():
        for place, given in enumerate(INPUTS):
            said = answers.answers[place]
            known = log_probs(teacher, [BOS_ID, *PROMPT, *given, *said])[len(PROMPT) + len(given) :][:3]
            own = log_probs(student, [BOS_ID, *given, *said])[len(given) :][:3]
            kl = (known.exp() * (known - own)).sum(-1).mean()
            assert float(found.kl_N[place]) == pytest.approx(float(kl), rel=1e-4)
            same = (known.argmax(-1) == own.argmax(-1)).double().mean()
            assert float(found.agreement_N[place]) == pytest.approx(float(same))
            own = log_probs(student, [BOS_ID, *PROMPT, *given, *said])[len(PROMPT) + len(given) :][:3]
            mean = own[torch.arange(3), torch.tensor(said)].mean()
            assert float(heard[place]) == pytest.approx(float(mean), rel=1e-4)


def test_the_likeliest_answer_is_the_first_choice_after_every_token() -> None:
    model = model_of()
    (said,) = likeliest_answers(model, PROMPT, [INPUTS[0]], 4)
    tokens = [BOS_ID, *PROMPT, *INPUTS[0]]
    with torch.no_grad():
        for token in said:
            scores = log_probs(model, tokens)[-1]
            scores[PAD_ID] = -torch.inf
            assert token == int(scores.argmax())
            tokens.append(token)


@pytest.mark.parametrize("ternary", [False, True], ids=["plain", "ternary"])
@pytest.mark.parametrize("low_rank", [False, True], ids=["full", "low-rank"])
def test_a_bake_moves_the_prompts_effect_into_a_delta(ternary: bool, low_rank: bool) -> None:
    # given the prompted model's answers, half of them to inputs that are not trained on
    model = model_of(ternary=ternary)
    before = copy.deepcopy(model)
    rows = torch.randint(5, 40, (48, 3), generator=torch.Generator().manual_seed(2)).tolist()
    taught, held_out = (answer_all(before, PROMPT, part, 4, seed=1) for part in (rows[:40], rows[40:]))
    first = float(distance(speaker(before), speaker(model), held_out, 8).kl_N.mean())
    # when
    if low_rank:
        add_adapters(model, 8, 16.0, seed=1)
    teacher = None if low_rank else copy.deepcopy(before).requires_grad_(False)
    recipe = Recipe(Schedule(1e-2, 40, 2, 0.1), 0, 40, 0.0, 1.0, 1, PromptKL(lambda _: 0.0, teacher))
    training = Training.begin(model.train(), 0.0)
    for step in range(40):
        train_step(training, PromptedBatches(taught, 8, 1).batch(step), recipe, step)
    model.eval()
    delta = low_rank_delta(model) if low_rank else whole_delta(before.state_dict(), model.state_dict())
    # then the prompt is needed less, and the delta is all of it, bit by bit with adapters
    added = copy.deepcopy(before)
    add_delta(added, delta)
    after = float(distance(speaker(before), speaker(added), held_out, 8).kl_N.mean())
    assert first > 0.02
    assert after < 0.7 * first
    tokens = held_out.said_NT
    if low_rank:
        assert torch.equal(speaker(added)(tokens), speaker(model)(tokens))
        with adapters_off(model):
            assert torch.equal(speaker(before)(tokens), speaker(model)(tokens))
    else:
        assert torch.allclose(speaker(added)(tokens), speaker(model)(tokens), atol=1e-3)


def test_new_adapters_change_nothing_and_are_all_that_is_trained() -> None:
    model, plain = model_of(), model_of()
    add_adapters(model, 4, 8.0, seed=1)
    tokens = torch.tensor([[BOS_ID, 7, 8, 9]])
    assert torch.equal(model(tokens).logits_BTV, plain(tokens).logits_BTV)
    trained = [name for name, each in model.named_parameters() if each.requires_grad]
    assert trained
    assert all(name.endswith(("up_OR", "down_RI")) for name in trained)
    named = {name for name, _ in adapters_of(model)}
    assert {"blocks.0.attn.q.weight", "ltm.qkv.weight"} <= named <= set(plain.state_dict())


def test_half_a_delta_is_half_way_and_none_is_none() -> None:
    model, other = model_of(), model_of(2)
    delta = whole_delta(model.state_dict(), other.state_dict())
    halved, none = model_of(), model_of()
    add_delta(halved, delta, 0.5)
    add_delta(none, delta, 0.0)
    for name, weight in model.state_dict().items():
        middle = (weight + other.state_dict()[name]) / 2
        assert torch.allclose(halved.state_dict()[name], middle, atol=1e-5)
        assert torch.equal(none.state_dict()[name], weight)


def test_a_delta_of_another_architecture_is_refused() -> None:
    with pytest.raises(ValueError, match=r"does not fit the model: \['blocks.9.attn.q.weight'\]"):
        add_delta(model_of(), {"blocks.9.attn.q.weight.delta": torch.zeros(16, 16)})


class Rows:
    """Rows that nobody bakes."""

    def batch(self, step: int) -> PromptedBatch:
        tokens = torch.full((2, 6), 20 + step)
        return PromptedBatch(tokens, torch.ones(2, 5), tokens, torch.zeros(2, dtype=torch.int64))


def test_retained_rows_weigh_what_they_should_and_have_no_prompt(answers: Answers) -> None:
    same = Answers(answers.heard_NS[:, :10], answers.said_NT[:, :6], answers.answer_NT[:, :6], answers.shift)
    batch = PromptedBatches(same, 3, 1, Rows(), 0.25).batch(4)
    assert batch.rows == 5
    assert float(batch.weights_BT[:3].sum()) == pytest.approx(1.0)
    assert float(batch.weights_BT[3:].sum()) == pytest.approx(0.25)
    assert batch.shift_B.tolist() == [4, 4, 4, 0, 0]
    assert torch.equal(batch.heard_BS[3:, :6], batch.tokens[3:])
    model = model_of()
    losses = PromptKL(lambda _: 0.0, model_of())(model, batch.part(3, 5), 0)
    assert float(losses.weighted.detach()) == pytest.approx(0.0, abs=1e-6)
