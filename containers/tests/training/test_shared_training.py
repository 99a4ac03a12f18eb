"""Several processes that share a training do what one does: same weights, same skips, same errors."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from agent_forge import ranks
from agent_forge.data.packing import Batch
from agent_forge.errors import ForgeError
from agent_forge.ranks import joined
from agent_forge.training.loop import train, train_step
from agent_forge.training.objective import Losses, NextToken
from agent_forge.training.training_state import Training
from tests.support.rank_pair import run_each, run_joined
from tests.training.toy_training import Faulty, Rows, fresh, recipe, room

# Sums in another order round otherwise: a few units in the last of 24 bits.
NEAR = 1e-6


def distance(found: dict[str, torch.Tensor], expected: dict[str, torch.Tensor]) -> float:
    """How far all tensors together are from what is expected, relative to its length."""
    assert found.keys() == expected.keys()
    squares = [
        (float((found[name] - each).double().square().sum()), float(each.double().square().sum()))
        for name, each in expected.items()
    ]
    return float((sum(off for off, _ in squares) / sum(whole for _, whole in squares)) ** 0.5)


def gradients(training: Training) -> dict[str, torch.Tensor]:
    return {name: each.grad for name, each in training.named_parameters() if each.grad is not None}


def model_of(training: Training) -> dict[str, torch.Tensor]:
    return dict(training.model.state_dict())


def three_steps(rows: int = 6) -> tuple[dict[str, torch.Tensor], list[dict[str, float]]]:
    """Figures of three steps on the first rows of each batch; the first gradient and the last weights."""
    training, found, shown = fresh(), dict[str, torch.Tensor](), []
    for step in range(3):
        shown.append(train_step(training, Rows().batch(step).part(0, rows), recipe(), step))
        found = found or {f"gradient.{name}": each.clone() for name, each in gradients(training).items()}
    return found | {f"model.{name}": each for name, each in model_of(training).items()}, shown


def on_ranks(folder: Path, count: int, find: Callable[[int], tuple[dict[str, torch.Tensor], Any]]) -> Any:
    """Tensors and a JSON document that `find` gives in each rank."""

    def action(rank: int) -> None:
        tensors, document = find(rank)
        save_file({name: each.contiguous() for name, each in tensors.items()}, folder / f"{rank}.tensors")
        (folder / f"{rank}.json").write_text(json.dumps(document))

    run_joined(action, count, folder / "children")
    return [
        (load_file(folder / f"{rank}.tensors"), json.loads((folder / f"{rank}.json").read_text()))
        for rank in range(count)
    ]


@pytest.mark.parametrize(("count", "rows"), [(2, 6), (3, 5), (2, 1)])
def test_gradients_weights_and_figures_of_shared_steps_are_those_of_one_process(
    tmp_path: Path, count: int, rows: int
) -> None:
    # given: the last rank's rows may weigh nothing, and with one row a rank has none
    expected, figures = three_steps(rows)
    # when
    both = on_ranks(tmp_path, count, lambda rank: three_steps(rows))
    # then
    for tensors, shown in both:
        for part in ("gradient.", "model."):
            found, alone = (
                {name: each for name, each in of.items() if name.startswith(part)}
                for of in (tensors, expected)
            )
            assert distance(found, alone) < NEAR
        for here, there in zip(shown, figures, strict=True):
            assert here == pytest.approx(there, rel=1e-5, abs=1e-9)
        assert all(torch.equal(tensors[name], both[0][0][name]) for name in tensors)


@dataclass
class Breaking:
    """Next-token loss that fails on one rank from a step on."""

    rank: int
    error: Exception

    def __call__(self, model: Any, batch: Batch, step: int) -> Losses:
        if step == 2 and ranks.own_share(2).start == self.rank:
            raise self.error
        return NextToken(lambda _: 0.02)(model, batch, step)


def trained(folder: Path, objective: Any, rank: int) -> tuple[dict[str, torch.Tensor], Any]:
    """A whole training of one rank: the weights, and the warnings on its way."""
    here, training = room(folder / f"room{rank}"), fresh()
    train(here, training, Rows(), recipe(objective), "training")
    return model_of(training), [[kind, facts] for kind, facts in here.tracker.warnings]


def test_a_number_that_is_not_finite_on_one_rank_skips_the_step_on_all(tmp_path: Path) -> None:
    expected, warned = trained(tmp_path, Faulty({3: 1}), 9)
    both = on_ranks(tmp_path, 2, lambda rank: trained(tmp_path, Faulty({3: 1} if rank == 1 else {}), rank))
    for model, warnings in both:
        assert warnings == warned
        assert distance(model, expected) < 10 * NEAR
        assert all(torch.equal(model[name], both[0][0][name]) for name in model)


def test_memory_that_runs_out_on_one_rank_halves_the_parts_of_all(tmp_path: Path) -> None:
    # given: rank 1 has room for 2 of its 3 rows
    expected, _ = trained(tmp_path, Faulty(), 9)
    both = on_ranks(tmp_path, 2, lambda rank: trained(tmp_path, Faulty(fits=2 if rank == 1 else 6), rank))
    for model, warnings in both:
        assert [(kind, facts["step"]) for kind, facts in warnings] == [("out_of_memory", 0)]
        assert distance(model, expected) < 10 * NEAR


def test_an_error_of_one_rank_ends_all_with_its_kind(tmp_path: Path) -> None:
    def find(rank: int) -> tuple[dict[str, torch.Tensor], Any]:
        objective = Breaking(1, ForgeError("disk_full", "No space left for a cache."))
        with pytest.raises(ForgeError) as caught:
            trained(tmp_path, objective, rank)
        return {}, [caught.value.kind, caught.value.message]

    (_, first), (_, second) = on_ranks(tmp_path, 2, find)
    assert first[0] == "disk_full"
    assert "Process 1 of the 2" in first[1]
    assert second == ["disk_full", "No space left for a cache."]


def test_a_process_that_dies_is_noticed_by_the_others(tmp_path: Path) -> None:
    def die_or_hear(variables: Mapping[str, str]) -> int:
        rank = int(variables["RANK"])
        with joined((rank, 2)):
            if rank == 1:
                os._exit(9)
            with pytest.raises(ForgeError, match="One of them is gone") as caught:
                ranks.gather("here")
        return caught.value.exit_code

    assert [each.code for each in run_each(die_or_hear, 2, tmp_path)] == [69, 9]


def test_one_process_says_and_adds_to_itself_only() -> None:
    tensor = torch.ones(2)
    ranks.add_up([tensor])
    assert torch.equal(tensor, torch.ones(2))
    assert (ranks.count(), ranks.own_share(5), ranks.gather({"a": 1})) == (1, range(5), [{"a": 1}])
