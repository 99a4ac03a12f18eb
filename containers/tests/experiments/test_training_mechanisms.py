"""E6 to E10 ask what they say, their arms differ in what they say, and running one again gives the same."""

import pytest
import torch

from agent_forge.experiments.dream_replay import strings
from agent_forge.experiments.dream_replay.experiment import EXPERIMENT as E8
from agent_forge.experiments.edge_of_chaos.experiment import EXPERIMENT as E9
from agent_forge.experiments.experiment import Experiment
from agent_forge.experiments.heated_loss.experiment import CONTROLS, TextRows, trained
from agent_forge.experiments.heated_loss.experiment import EXPERIMENT as E10
from agent_forge.experiments.longer_replay.experiment import EXPERIMENT as E8B
from agent_forge.experiments.longer_self_prediction.experiment import EXPERIMENT as E7B
from agent_forge.experiments.runner import run_experiment
from agent_forge.experiments.self_prediction import glyphs
from agent_forge.experiments.self_prediction.experiment import EXPERIMENT as E7
from agent_forge.experiments.slow_gradients import modular
from agent_forge.experiments.slow_gradients.experiment import EXPERIMENT as E6


def seeded(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_every_product_is_asked_once_and_answered_right() -> None:
    asked, answers, half = modular.questions(7, 3)
    assert half == len(asked) // 2 == 21
    assert len({tuple(row) for row in asked.tolist()}) == 7 * 6
    for (a, times, b, equals), answer in zip(asked.tolist(), answers.tolist(), strict=True):
        assert (times, equals, answer) == (7, 8, a * b % 7)


def test_all_arms_of_grokfast_decay_alike() -> None:
    assert all("weight_decay" not in arm.settings for arm in E6.arms)
    assert E6.budgets["full"]["weight_decay"] == 1.0


def test_the_decoder_reads_the_answer_off_the_last_token_and_sees_all_four() -> None:
    model = modular.Decoder(7, 16, 4, 1)
    asked, _, _ = modular.questions(7, 3)
    changed = asked.clone()
    changed[:, 0] = (changed[:, 0] + 1) % 7
    assert model(asked).shape == (42, 7)
    assert bool(((model(asked) - model(changed)).abs().amax(dim=1) > 0).all())


def test_a_reversed_and_a_shifted_string_are_what_they_say() -> None:
    for task in (strings.REVERSE, strings.SHIFT):
        for row in strings.draw(seeded(), task, 8).tolist():
            letters = [token - strings.LETTER_0 for token in row[1 : strings.LENGTH + 1]]
            answer = [token - strings.LETTER_0 for token in row[strings.LENGTH + 2 :]]
            assert (row[0], row[strings.LENGTH + 1]) == (task, strings.SAYS)
            shifted = [(letter + 3) % strings.ALPHABET for letter in letters]
            assert answer == (letters[::-1] if task == strings.REVERSE else shifted)


def test_dreams_are_right_where_they_are_rows_of_the_first_task() -> None:
    right, wrong = (strings.draw(seeded(), task, 4) for task in (strings.REVERSE, strings.SHIFT))
    assert strings.right_dreams(torch.cat([right, wrong])) == 0.5


def test_glyphs_are_the_same_for_every_seed_and_rounding_leaves_the_network_as_it_was() -> None:
    network, (images, which) = glyphs.Network(1), glyphs.draw(seeded(), 64)
    before = [weight.clone() for weight in network.trunk()]
    assert images.shape == (64, glyphs.PIXELS)
    assert glyphs.loss_after_rounding(network, images, which) != 0.0
    assert all(torch.equal(a, b) for a, b in zip(before, network.trunk(), strict=True))
    assert len(glyphs.rounded(torch.randn(3, 500, generator=seeded())).unique(dim=1)[0].unique()) <= 8


@pytest.mark.parametrize(
    ("first", "second", "changed"), [(E7, E7B, {"steps"}), (E8, E8B, {"steps", "first_steps"})],
    ids=["E7B", "E8B"],
)  # fmt: skip
def test_a_second_try_trains_longer_and_keeps_every_bound_of_the_first(
    first: Experiment, second: Experiment, changed: set[str]
) -> None:
    before, after = first.budgets["full"], second.budgets["full"]
    assert {key for key in before if before[key] != after[key]} == changed
    assert all(float(after[key]) > float(before[key]) for key in changed)
    assert set(first.lines) <= set(second.lines)
    kept = {arm.name: arm for arm in first.arms}
    assert all(arm == kept[arm.name] for arm in second.arms)


def test_a_temperature_is_compared_with_the_best_of_all_controls() -> None:
    (record,) = (run_experiment(E10, "ci", [5], lambda _: None),)
    bits = {arm["name"]: arm["results"][0]["measures"]["bits_per_byte"] for arm in record["arms"]}
    gains = {
        arm["name"]: arm["results"][0]["measures"]["gain"]
        for arm in record["arms"]
        if arm["name"] not in CONTROLS
    }
    assert len(set(bits.values())) == len(bits)
    assert gains == {name: min(bits[each] for each in CONTROLS) - bits[name] for name in gains}


def test_a_curriculum_that_begins_at_one_trains_the_same_weights_as_none() -> None:
    budget = E10.budgets["ci"]
    plain, at_one, hot = (trained({**budget, **arm}, 5) for arm in ({}, {"start": 1.0}, {"start": 2.0}))
    assert torch.equal(plain.norm.weight, at_one.norm.weight)
    assert not torch.equal(plain.norm.weight, hot.norm.weight)


def test_every_arm_reads_the_same_rows_of_text() -> None:
    one, other = (TextRows(5, 3, 16).batch(7).tokens for _ in range(2))
    assert one.shape == (3, 17)
    assert torch.equal(one, other)
    assert not torch.equal(one, TextRows(6, 3, 16).batch(7).tokens)


@pytest.mark.parametrize("experiment", [E6, E7, E8, E9, E10], ids=["E6", "E7", "E8", "E9", "E10"])
def test_running_an_experiment_again_measures_the_same(experiment: Experiment) -> None:
    strings.pretrained.cache_clear()
    one, two = (run_experiment(experiment, "ci", [5], lambda _: None) for _ in range(2))
    measured = [[arm["results"][0]["measures"] for arm in record["arms"]] for record in (one, two)]
    assert measured[0] == measured[1]


def test_the_probe_of_e7_leaves_the_network_where_it_was_on_a_smoke_run_too() -> None:
    record = run_experiment(E7, "ci", [5], lambda _: None)
    (probe,) = (arm for arm in record["arms"] if arm["name"] == "probe")
    assert probe["results"][0]["measures"]["trunk_moved"] == 0.0
