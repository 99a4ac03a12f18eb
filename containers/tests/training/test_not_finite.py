"""Losses that are not finite: skipped, then back to a checkpoint once, then an error; resumed alike."""

from pathlib import Path

import pytest
import torch

from agent_forge.errors import ForgeError
from agent_forge.training.loop import train
from agent_forge.training.schedule import Schedule
from tests.training.toy_training import STEPS, Faulty, Rows, difference, fresh, recipe, room


def rates(trained: list) -> list[float]:
    schedule = Schedule(0.01, STEPS, 2, 0.1)
    return [round(values["lr"] / schedule.rate(step - 1), 6) for step, values in trained]


@pytest.mark.parametrize(
    ("bad", "factor"), [({3: 1}, 0.5), ({3: 1, 4: 1, 5: 1}, 0.125), ({2: 1, 5: 1}, 0.25)]
)
def test_up_to_three_bad_steps_in_a_row_are_skipped_at_half_the_rate_each(
    tmp_path: Path, bad: dict[int, int], factor: float
) -> None:
    # given
    here, training = room(tmp_path), fresh()
    # when
    train(here, training, Rows(), recipe(Faulty(dict(bad))), "training")
    # then
    good = [step for step in range(STEPS) if step not in bad]
    assert [step - 1 for step, _ in here.tracker.trained] == good
    assert rates(here.tracker.trained)[-1] == factor
    assert [(kind, facts["step"]) for kind, facts in here.tracker.warnings] == [
        ("numeric", step) for step in bad
    ]
    assert all(bool(torch.isfinite(tensor).all()) for tensor in training.tensors().values())


def test_a_skipped_step_leaves_weights_and_optimizer_as_they_were(tmp_path: Path) -> None:
    # given a training that ends with a bad step, and one that ends before it
    ends_bad, ends_before = fresh(), fresh()
    train(room(tmp_path / "bad"), ends_bad, Rows(), recipe(Faulty({STEPS - 1: 1})), "training")
    # when
    here = room(tmp_path / "before")
    here.checkpoints.every_step, here.checkpoints.stop_after_saves = True, STEPS - 1
    with pytest.raises(ForgeError, match="stop"):
        train(here, ends_before, Rows(), recipe(), "training")
    # then
    assert difference(ends_bad, ends_before) == []


def test_a_fourth_bad_step_goes_back_to_the_last_checkpoint_and_on_from_there(tmp_path: Path) -> None:
    # given four bad steps that are good the second time, and a checkpoint of each good step
    here, training = room(tmp_path), fresh()
    here.checkpoints.every_step = True
    # when
    train(here, training, Rows(), recipe(Faulty({3: 1, 4: 1, 5: 1, 6: 1})), "training")
    # then
    assert [step for step, _ in here.tracker.trained] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert rates(here.tracker.trained) == [1, 1, 1, 0.125, 0.125, 0.125, 0.125, 0.125]
    assert [(facts["step"], facts.get("to")) for _, facts in here.tracker.warnings] == [
        (3, None), (4, None), (5, None), (6, 3),
    ]  # fmt: skip
    assert here.checkpoints.latest().resume["endured"]["rolled_back"] is True


@pytest.mark.parametrize(("every_step", "said"), [(True, "gone back"), (False, "no checkpoint yet")])
def test_steps_that_stay_bad_end_the_job_as_numeric_with_the_last_good_weights(
    tmp_path: Path, every_step: bool, said: str
) -> None:
    # given
    here, training = room(tmp_path), fresh()
    here.checkpoints.every_step = every_step
    # when
    with pytest.raises(ForgeError, match=said) as error:
        train(here, training, Rows(), recipe(Faulty(dict.fromkeys(range(3, STEPS), -1))), "training")
    # then
    assert error.value.kind == "numeric"
    checkpoint = here.checkpoints.latest()
    assert checkpoint is None or checkpoint.step == 3
    assert all(bool(torch.isfinite(tensor).all()) for tensor in training.tensors().values())


@pytest.mark.parametrize("stop_after", [2, 3, 4, 5])
def test_a_job_that_is_stopped_amid_such_trouble_ends_with_the_same_bits(
    tmp_path: Path, stop_after: int
) -> None:
    # given trouble that depends on the rate: three steps are skipped, the fourth goes back
    class Steep(Faulty):
        def __call__(self, model, batch, step):  # type: ignore[no-untyped-def]
            factor = training.optimizer.param_groups[0]["lr"] / recipe().schedule.rate(step)
            self.nan_at = {step: 1} if step == 6 or (step in (3, 4, 5) and factor > 0.2) else {}
            return super().__call__(model, batch, step)

    def run(name: str, stop: int | None) -> None:
        here = room(tmp_path / name)
        here.checkpoints.every_step, here.checkpoints.stop_after_saves = True, stop
        train(here, training, Rows(), recipe(Steep()), "training")
        assert here.checkpoints.latest().resume["endured"]["rolled_back"] is True

    training = whole = fresh()
    run("whole", None)
    training = fresh()
    with pytest.raises(ForgeError, match="stop"):
        run("parts", stop_after)
    # when
    training = resumed = fresh()
    run("parts", None)
    # then
    assert difference(whole, resumed) == []


def test_weights_that_left_the_finite_numbers_never_become_a_checkpoint(tmp_path: Path) -> None:
    # given a step that ruins the weights although its loss was finite
    here, training = room(tmp_path), fresh()
    here.checkpoints.every_step = True

    def ruin(optimizer: torch.optim.Optimizer, *_: object) -> None:
        with torch.no_grad():
            training.model.norm.weight[0] = float("inf") if next(steps) == 2 else 1.0

    steps = iter(range(2 * STEPS))
    training.optimizer.register_step_post_hook(ruin)
    # when
    train(here, training, Rows(), recipe(), "training")
    # then: the checkpoint before it was gone back to
    assert here.tracker.warnings[-1][1]["to"] == 2
    assert all(bool(torch.isfinite(tensor).all()) for tensor in training.tensors().values())
