"""A batch that does not fit is taken in parts, with the gradient of the whole."""

from pathlib import Path
from typing import Any

import pytest
import torch

from agent_forge.data.packing import Batch
from agent_forge.errors import ForgeError
from agent_forge.training.loop import train
from agent_forge.training.micro_batches import accumulate
from agent_forge.training.objective import Losses, NextToken
from tests.training.toy_training import (
    LENGTH,
    STEPS,
    Faulty,
    Rows,
    address_space,
    difference,
    fresh,
    recipe,
    room,
)


@pytest.mark.parametrize("halvings", [1, 2, 3])
def test_the_gradient_of_the_parts_is_that_of_the_whole(halvings: int) -> None:
    # given the whole batch's loss written down once more, without the loop's code
    batch, whole, parts = Rows().batch(3), fresh().model, fresh().model
    output = whole(batch.tokens[:, :-1])
    chosen = output.logits_BTV.log_softmax(-1).gather(2, batch.tokens[:, 1:, None])[..., 0]
    loss = -(chosen * batch.weights_BT).sum() / batch.weights_BT.sum()
    (loss + 0.02 * output.cost_BT.mean()).backward()
    # when
    found = accumulate(parts, batch, NextToken(lambda _: 0.02), 3, halvings=halvings, precision=torch.float32)
    # then
    assert found.loss == pytest.approx(float(loss.detach()), rel=1e-6)
    assert found.measured["ponder_cost"] == pytest.approx(float(output.cost_BT.detach().mean()), rel=1e-6)
    assert found.measured["ponder_steps"] == pytest.approx(float(output.steps_BT.float().mean()), rel=1e-6)
    for (name, expected), given in zip(whole.named_parameters(), parts.parameters(), strict=True):
        assert torch.allclose(expected.grad, given.grad, rtol=1e-5, atol=1e-7), name


@pytest.mark.parametrize("error", [MemoryError, RuntimeError, torch.OutOfMemoryError])
def test_memory_that_runs_out_halves_the_parts_and_is_said(tmp_path: Path, error: type[Exception]) -> None:
    # given
    here, objective, training, whole = room(tmp_path), Faulty(fits=2, error=error), fresh(), fresh()
    train(room(tmp_path / "whole"), whole, Rows(), recipe(), "training")
    # when
    train(here, training, Rows(), recipe(objective), "training")
    # then: 6 rows, 3 rows, then 2 + 2 + 2 for all steps
    assert objective.rows == [6, 3, *[2] * 3 * STEPS]
    assert [(kind, facts["micro_batch_halvings"]) for kind, facts in here.tracker.warnings] == [
        ("out_of_memory", 1),
        ("out_of_memory", 2),
    ]
    assert all(values["micro_batch_halvings"] == 2 for _, values in here.tracker.trained)
    expected, given = whole.tensors(), training.tensors()
    assert all(torch.allclose(expected[name], given[name], rtol=1e-3, atol=1e-4) for name in expected)


def test_a_resumed_training_goes_on_with_the_parts_that_fitted(tmp_path: Path) -> None:
    # given a training that was stopped after memory had run out
    whole, here = fresh(), room(tmp_path / "parts")
    train(room(tmp_path / "whole"), whole, Rows(), recipe(Faulty(fits=2)), "training")
    here.checkpoints.every_step, here.checkpoints.stop_after_saves = True, 3
    with pytest.raises(ForgeError, match="stop"):
        train(here, fresh(), Rows(), recipe(Faulty(fits=2)), "training")
    # when
    objective, resumed = Faulty(fits=2), fresh()
    train(here, resumed, Rows(), recipe(objective), "training")
    # then
    assert set(objective.rows) == {2}
    assert difference(whole, resumed) == []


@pytest.mark.parametrize(("rows", "tried"), [(6, [6, 3, 2, 1]), (40, [40, 20, 10, 5, 3])])
def test_one_row_or_four_halvings_that_do_not_fit_end_the_job(
    tmp_path: Path, rows: int, tried: list[int]
) -> None:
    class Wide:
        def batch(self, step: int) -> Batch:
            return Batch(torch.ones(rows, LENGTH + 1, dtype=torch.int64), torch.ones(rows, LENGTH))

    objective = Faulty(fits=0)
    with pytest.raises(ForgeError, match=f"not even {tried[-1]} of its {rows} rows") as error:
        train(room(tmp_path), fresh(), Wide(), recipe(objective), "training")
    assert (error.value.kind, objective.rows) == ("out_of_memory", tried)


def test_a_real_allocation_that_fails_is_survived(tmp_path: Path) -> None:
    # given an objective that needs 64 MiB a row
    def hungry(model: Any, batch: Batch, step: int) -> Losses:
        torch.zeros(batch.rows, 1 << 24)
        return NextToken(lambda _: 0.02)(model, batch, step)

    here = room(tmp_path)
    # when there is room for three rows and not for six
    with address_space(300 << 20):
        train(here, fresh(), Rows(), recipe(hungry), "training")
    # then
    assert [kind for kind, _ in here.tracker.warnings] == ["out_of_memory"]
    assert here.tracker.trained[-1][1]["micro_batch_halvings"] == 1


def test_an_error_that_is_not_about_memory_is_not_taken_for_one(tmp_path: Path) -> None:
    def broken(model: Any, batch: Batch, step: int) -> Losses:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    here = room(tmp_path)
    with pytest.raises(RuntimeError, match="mat1"):
        train(here, fresh(), Rows(), recipe(broken), "training")
    assert here.tracker.warnings == []
