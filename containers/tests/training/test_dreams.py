"""Dreams come from the snapshot and a seed, bad ones are dropped, and a cycle that forgets is undone."""

from pathlib import Path

import pytest
import torch

from agent_forge.data.packing import Sampler
from agent_forge.errors import ForgeError
from agent_forge.models.titan import TinyTitan
from agent_forge.training.dreaming import dream, mean_losses, nucleus_sample, repetition, worth_keeping
from agent_forge.training.dreams import DreamPlan, Dreams
from agent_forge.training.edge_controller import Edge, EdgeController
from agent_forge.training.gradient_filter import ExponentialFilter
from agent_forge.training.loop import Recipe, train
from agent_forge.training.mixed_batches import MixedBatches
from agent_forge.training.mixed_objective import MixedObjective, heated
from agent_forge.training.schedule import Schedule
from agent_forge.training.self_model import SelfModel, SelfModelHead
from agent_forge.training.training_state import Training
from tests.training.test_mixed_batches import SAMPLER
from tests.training.test_mixed_objective import model
from tests.training.toy_training import difference, room

PLAN = DreamPlan(wake=4, most=16, prompt=6, length=25, share=0.25)
STEPS = 10


class Anchors:
    """Given anchor losses, one after the other; the last one stays."""

    def __init__(self, *losses: float) -> None:
        self.losses = list(losses)

    def __call__(self, _: TinyTitan) -> float:
        return self.losses.pop(0) if len(self.losses) > 1 else self.losses[0]


def dreaming(titan: TinyTitan, *losses: float) -> Dreams:
    return Dreams(PLAN, titan, SAMPLER.stream, Anchors(*losses), 1, 4)


def test_the_same_seed_dreams_the_same_and_each_dream_begins_with_its_prompt() -> None:
    titan, prompts = model().eval(), torch.arange(6, 26).view(4, 5)
    one, two, other = (dream(titan, prompts, 14, 1.0, 0.9, seed) for seed in (3, 3, 4))
    assert one.shape == (4, 14)
    assert torch.equal(one, two)
    assert not torch.equal(one, other)
    assert torch.equal(one[:, :5], prompts)


def test_the_nucleus_is_the_fewest_likeliest_tokens_that_reach_the_mass() -> None:
    probabilities = torch.tensor([0.0, 0.5, 0.3, 0.15, 0.05])
    logits = probabilities.log().expand(4000, -1)
    found = nucleus_sample(logits, 0.75, torch.Generator().manual_seed(1))
    shares = torch.bincount(found, minlength=5) / 4000
    assert shares.tolist() == pytest.approx([0, 0.625, 0.375, 0, 0], abs=0.03)


def test_cold_dreams_take_the_likeliest_token() -> None:
    titan, prompts = model().eval(), torch.arange(6, 14).view(2, 4)
    found = dream(titan, prompts, 9, 1e-6, 1.0, 1)
    for place in range(3, 8):
        logits = titan(found[:, : place + 1]).logits_BTV[:, -1]
        logits[:, 0] = float("-inf")
        assert torch.equal(logits.argmax(-1), found[:, place + 1])


def test_repetitions_doubles_and_outliers_are_not_worth_keeping() -> None:
    varied = [torch.randperm(300, generator=torch.Generator().manual_seed(i))[:20] for i in range(40)]
    rows = torch.stack([*varied, varied[0], torch.tensor([5, 6] * 10)])
    losses = torch.linspace(2.0, 3.0, len(rows))
    losses[3], losses[-1], losses[-2] = 9.0, 2.5, 2.5
    kept = worth_keeping(rows, losses)
    assert not bool(kept[[3, 40, 41]].any())
    assert int(kept.sum()) > 30
    assert repetition([1, 2, 3, 4, 1, 2, 3, 4]) == pytest.approx(1 / 5)


def test_the_teachers_losses_are_those_of_single_rows() -> None:
    titan, rows = model().eval(), torch.randint(6, 320, (3, 9), generator=torch.Generator().manual_seed(1))
    singles = [
        torch.nn.functional.cross_entropy(titan(row[None, :-1]).logits_BTV[0], row[1:]) for row in rows
    ]
    torch.testing.assert_close(mean_losses(titan, rows), torch.stack(singles), rtol=1e-5, atol=1e-5)


def whole(root: Path, losses: tuple[float, ...] = (3.0,)) -> tuple[Training, MixedBatches, Recipe, Dreams]:
    """A training with every mechanism on."""
    titan, head = model(), SelfModelHead(16, 5)
    dreams, controller = dreaming(titan, *losses), EdgeController(Edge(window=20, first=0.5))
    training = Training.begin(
        titan, 0.1, ExponentialFilter(0.9, 0.5), head, {"edge": controller, "dreams": dreams}
    )
    objective = MixedObjective(
        tau=lambda _: 0.01, temperature=heated(2.0, 6), teacher=dreams.teacher,
        self_model=SelfModel(head=head, weight=0.1, ramp=3),
    )  # fmt: skip
    sampler = Sampler(SAMPLER.stream, SAMPLER.tokenizer, 24, 4, 1, STEPS, SAMPLER.mixture)
    recipe = Recipe(Schedule(0.01, STEPS, 2, 0.1), 0, STEPS, 0.1, 1.0, 1, objective)
    return training, MixedBatches(sampler, controller, dreams), recipe, dreams


@pytest.mark.parametrize("saves", [4, 6])
def test_with_all_mechanisms_on_an_interrupted_training_ends_with_the_same_bits(
    saves: int, tmp_path: Path
) -> None:
    # given a training that was never stopped, and one that is, in or between cycles; the anchors get worse
    class Watch:
        """Anchor loss as a function of the weights, so that both runs see the same."""

        def __call__(self, titan: TinyTitan) -> float:
            return float(titan.embedding.weight.detach().double().square().sum())

    def build() -> tuple[Training, MixedBatches, Recipe]:
        training, batches, recipe, dreams = whole(tmp_path)
        dreams._anchor = Watch()
        return training, batches, recipe

    training, batches, recipe = build()
    train(room(tmp_path / "whole"), training, batches, recipe, "")
    context = room(tmp_path / "stopped")
    context.checkpoints.every_step, context.checkpoints.stop_after_saves = True, saves
    with pytest.raises(ForgeError, match="stop"):
        train(context, *build(), "")
    # when
    context.checkpoints.every_step = False
    resumed, *rest = build()
    train(context, resumed, *rest, "")
    # then
    assert difference(training, resumed) == []
    for name in ("edge", "dreams"):
        assert resumed.companions[name].to_json() == training.companions[name].to_json()
    assert training.companions["dreams"].to_json()["drawn"] > 0
    assert training.companions["edge"].to_json()["norms"]


def test_a_cycle_that_forgets_is_undone_and_the_next_one_dreams_twice_as_much(tmp_path: Path) -> None:
    # given: entry 3.0; the first gate is within the tolerance, the second is not
    training, batches, recipe, dreams = whole(tmp_path, (3.0, 3.01, 3.2))
    weights_at: dict[int, torch.Tensor] = {}
    watched = training.model.embedding.weight
    after = dreams.after

    def noting(training: Training, batch: object, step: int, measured: object) -> object:
        if (step + 1) % PLAN.wake == 0:
            weights_at[-step] = watched.detach().clone()
        shown = after(training, batch, step, measured)  # type: ignore[arg-type]
        weights_at[step] = watched.detach().clone()
        return shown

    dreams.after = noting  # type: ignore[method-assign, assignment]
    # when
    train(room(tmp_path), training, batches, recipe, "")
    # then
    assert torch.equal(weights_at[3], weights_at[-3])  # accepted as it was
    assert torch.equal(weights_at[7], weights_at[3])  # undone
    assert not torch.equal(weights_at[-7], weights_at[3])
    assert (dreams.state.cycles, dreams.state.rollbacks, dreams.share) == (2, 1, 0.5)
    assert dreams.state.accepted == 3.01
    assert torch.equal(dreams.teacher.embedding.weight, weights_at[3])


def test_undoing_the_first_cycle_leaves_the_optimizer_as_fresh_as_at_entry(tmp_path: Path) -> None:
    training, *_, dreams = whole(tmp_path, (3.0, 3.5))
    entry = {name: tensor.clone() for name, tensor in training.own_tensors().items()}
    dreams.begin(training)
    for group in training.optimizer.param_groups:
        group["lr"] = 0.1
    for _, parameter in training.named_parameters():
        parameter.grad = torch.ones_like(parameter)
    training.optimizer.step()
    dreams._gate(training)
    now = training.own_tensors()
    assert now.keys() == entry.keys()
    assert all(torch.equal(now[name], entry[name]) for name in entry)


def test_dreams_are_the_snapshots_not_those_of_the_model_under_training() -> None:
    titan = model()
    training, dreams = Training.begin(titan, 0.1), dreaming(titan, 3.0)
    dreams.begin(training)
    first = dreams.rows(0, 4).clone()
    with torch.no_grad():
        titan.embedding.weight.add_(torch.randn_like(titan.embedding.weight))
    dreams._dream()
    assert torch.equal(dreams.rows(0, 4), first)
