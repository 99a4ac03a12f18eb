"""The tasks ask what they say they ask, and the arms differ in what they say they differ in."""

import pytest
import torch

from agent_forge.experiments.adaptive_pondering import walker
from agent_forge.experiments.adaptive_pondering.experiment import EXPERIMENT as E1
from agent_forge.experiments.distant_recall import experiment as recall
from agent_forge.experiments.distant_recall.experiment import EXPERIMENT as E2
from agent_forge.experiments.distant_recall.model import WINDOW, AblatedMemory, build
from agent_forge.experiments.experiment import Experiment
from agent_forge.experiments.patient_pondering.experiment import EXPERIMENT as E1B
from agent_forge.experiments.runner import run_experiment
from agent_forge.models.memory import SUB_UNIT


def seeded(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_a_walk_ends_where_following_the_permutation_so_many_times_ends() -> None:
    asked = walker.draw(seeded(), torch.tensor([1, 2, 3, 4] * 16))
    for row in range(64):
        here = int(asked.start[row])
        for _ in range(int(asked.hops[row])):
            here = int(asked.following[row, here])
        assert here == int(asked.answer[row])
    assert [sorted(row) for row in asked.following.tolist()] == [list(range(walker.SYMBOLS))] * 64


def test_a_recall_question_ends_with_a_key_whose_value_followed_it_and_stood_too_far_back() -> None:
    tokens_BT, answer_B = recall.draw(seeded(), 64)
    for row, answer in zip(tokens_BT.tolist(), answer_B.tolist(), strict=True):
        place = row.index(row[-1])
        assert place % 2 == 0
        assert row[place + 1] == answer
        assert len(set(row[: 2 * recall.PAIRS : 2])) == recall.PAIRS
    # Three layers reach 3 * (window - 1) back; the last value is farther from the question than that.
    assert tokens_BT.shape[1] - 2 * recall.PAIRS > 3 * (WINDOW - 1)


@pytest.mark.parametrize(("memory", "sees"), [(True, True), (False, False)])
def test_only_the_memory_can_see_the_pairs(memory: bool, sees: bool) -> None:
    # given the same question after other pairs
    tokens_BT, _ = recall.draw(seeded(), 4)
    others_BT = tokens_BT.clone()
    others_BT[:, : 2 * recall.PAIRS] = tokens_BT.flip(0)[:, : 2 * recall.PAIRS]
    model = build({"memory": memory}, 1)
    # when
    with torch.no_grad():
        first, second = (model(t).logits_BTV[:, -1] for t in (tokens_BT, others_BT))
    # then
    assert torch.equal(first, second) is not sees


def test_the_baseline_of_recall_has_at_least_as_many_parameters() -> None:
    sizes = [sum(p.numel() for p in build({"memory": m}, 1).parameters()) for m in (True, False)]
    assert sizes[0] < sizes[1]


def test_ablations_take_out_forgetting_and_momentum_and_nothing_else() -> None:
    tokens_BT, _ = recall.draw(seeded(), 2)
    gates = {}
    for without in ("forgetting", "momentum"):
        memory = build({"memory": True, "without": without}, 1).ltm
        assert isinstance(memory, AblatedMemory)
        x_BTD = torch.randn(2, tokens_BT.shape[1], 32, generator=seeded())
        with torch.no_grad():
            gates[without] = memory.inputs(x_BTD, memory.start(2).tail)[0]
    assert torch.equal(gates["forgetting"].log_keep, torch.zeros_like(gates["forgetting"].log_keep))
    assert torch.equal(gates["momentum"].log_eta, torch.full_like(gates["momentum"].log_eta, SUB_UNIT))
    assert float(gates["momentum"].log_keep.max()) < 0.0
    assert float(gates["forgetting"].log_eta.min()) > SUB_UNIT
    assert torch.equal(gates["momentum"].k, gates["forgetting"].k)


def test_a_plain_start_differs_from_a_lookup_in_the_memory_alone() -> None:
    plain, lookup = (build({"memory": True, "plain_start": flag}, 1).state_dict() for flag in (True, False))
    different = {name for name in plain if not torch.equal(plain[name], lookup[name])}
    assert different == {"ltm.qkv.weight", "ltm.out.weight", "ltm.gate.weight", "ltm.conv"}


def test_a_fixed_arm_takes_its_steps_and_the_adaptive_arm_halts_by_itself() -> None:
    asked = walker.draw(seeded(), torch.tensor([1, 4] * 8))
    with torch.no_grad():
        _, _, fixed, _ = walker.Walker(3, -2.0)(asked)
        _, _, free, weight = walker.Walker(0, 0.0)(asked)
        _, _, slow, _ = walker.Walker(0, -8.0)(asked)
    assert fixed.tolist() == [3.0] * 16
    assert float(free.float().mean()) < float(slow.float().mean()) == walker.MOST_STEPS
    torch.testing.assert_close(weight, torch.ones(16), rtol=0, atol=1e-6)


def test_the_second_try_differs_from_the_first_in_halting_bias_and_curriculum_alone() -> None:
    for tier in E1.budgets:
        different = {key for key in E1.budgets[tier] if E1.budgets[tier][key] != E1B.budgets[tier][key]}
        assert different == {"halt_bias", "curriculum"}
    assert set(E1B.lines) <= set(E1.lines)
    assert [line for line in E1.lines if line.level == "must"] == [
        line for line in E1B.lines if line.level == "must"
    ]


@pytest.mark.parametrize("experiment", [E1, E2], ids=["E1", "E2"])
def test_running_an_experiment_again_measures_the_same(experiment: Experiment) -> None:
    one, two = (run_experiment(experiment, "ci", [5], lambda _: None) for _ in range(2))
    measured = [[arm["results"][0]["measures"] for arm in record["arms"]] for record in (one, two)]
    assert measured[0] == measured[1]
