"""Phase 2 from three models to one, through a context of folders and dictionaries."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from agent_forge.errors import ForgeError
from agent_forge.models.folder import architecture_hash, load_model, read_config, shapes_of
from agent_forge.phase import InputModel
from agent_forge.phases.evomerge.config import EvomergeConfig
from agent_forge.phases.evomerge.phase import run
from agent_forge.phases.evomerge.splits import halved, hash_of
from tests.phases.evomerge_room import (
    CONFIG,
    CORPUS,
    VARIANTS,
    Registered,
    Room,
    artifacts,
    registered,
    state,
)
from tests.phases.fake_context import FolderContext

Jobs = dict[str, FolderContext]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Registered:
    return registered(tmp_path_factory.mktemp("parents"))


@pytest.fixture(scope="module")
def jobs(models: Registered, tmp_path_factory: pytest.TempPathFactory) -> Jobs:
    return Room(tmp_path_factory.mktemp("evomerge"), models).evolve()


def merged(jobs: Jobs) -> Path:
    return jobs["finish"].output / "models" / "merged"


def document(jobs: Jobs) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((jobs["finish"].output / "artifacts" / "evolution").read_text())
    return found


def test_one_model_goes_on_with_the_weights_of_its_parents(jobs: Jobs, models: Registered) -> None:
    role, parents = jobs["finish"].parents["merged"]
    assert role == "merged"
    assert len(parents) >= 2
    assert {parent.relation for parent in parents} == {"merged-from"}
    assert {parent.model_id for parent in parents} <= {models[name][0].model_id for name in VARIANTS}
    told = {entry["modelId"]: entry["weight"] for entry in document(jobs)["parents"].values()}
    assert told == {parent.model_id: parent.weight for parent in parents}


def test_the_merged_model_loads_and_keeps_tokenizer_base_and_the_held_out_documents(
    jobs: Jobs, models: Registered
) -> None:
    model, base = load_model(merged(jobs)), models["base"][1]
    assert all(tensor.isfinite().all() for tensor in model.state_dict().values())
    assert (merged(jobs) / "tokenizer.json").read_bytes() == (base / "tokenizer.json").read_bytes()
    lineage = read_config(merged(jobs)).lineage
    assert lineage.base_hash == read_config(models["memory"][1]).lineage.base_hash
    assert (lineage.phase, lineage.held_out_every, lineage.seed) == ("evomerge", 3, 1)
    assert sorted(path.name for path in merged(jobs).iterdir()) == [
        "config.json",
        "model.safetensors",
        "tokenizer.json",
    ]


def test_every_generation_is_told_with_its_tree(jobs: Jobs) -> None:
    updates = [jobs[f"select@{turn}"].tracker.generations[0] for turn in range(3)]
    assert [update["generation"] for update in updates] == [0, 1, 2]
    assert [each["method"] for each in updates[0]["individuals"]] == [
        "linear", "slerp", "ties", "dare_linear", "passthrough", "dfs", "linear", "passthrough",
    ]  # fmt: skip
    known = {each["id"] for update in updates for each in update["individuals"]}
    for update in updates[1:]:
        assert any(each["parents"] for each in update["individuals"])
        assert {name for each in update["individuals"] for name in each["parents"]} <= known
    best = [update["best"]["fitness"] for update in updates]
    assert best == sorted(best)
    assert [update["hypervolume"] for update in updates] == sorted(u["hypervolume"] for u in updates)


def test_the_two_frankenmerges_have_three_and_four_layers_and_cost_more(jobs: Jobs) -> None:
    individuals = jobs["select@0"].tracker.generations[0]["individuals"]
    abc, abba = (each for each in individuals if each["method"] == "passthrough")
    assert abc["weights"] == {name: pytest.approx(1 / 3) for name in VARIANTS}
    assert abba["weights"] == {"reasoning": 0.5, "memory": 0.5}
    assert 1.1 < abc["objectives"]["operations"] < abba["objectives"]["operations"]
    assert 1.1 < abc["objectives"]["bytes"] < abba["objectives"]["bytes"]


def test_every_model_is_reported_on_the_text_that_fitness_never_saw(jobs: Jobs) -> None:
    records = jobs["finish"].tracker.records
    for name in ("base", *VARIANTS, "average", "merged"):
        for measure in ("bits_per_byte", "perplexity", "accuracy", "hops_accuracy", "recall_accuracy"):
            assert f"{name}/{measure}" in records
    assert records["best_parent/bits_per_byte"] == min(records[f"{n}/bits_per_byte"] for n in VARIANTS)
    splits = document(jobs)["splits"]
    assert not set(splits["fitness"]["documents"]) & set(splits["report"]["documents"])
    halves = halved((text.text for text in CORPUS), 3)
    assert splits["report"]["documents"] == sorted(hash_of(text) for text in halves.report)


def test_the_pick_is_the_finalist_with_the_highest_fitness_on_the_fitness_split(jobs: Jobs) -> None:
    found = document(jobs)
    assert len(found["rescored"]) == CONFIG.finalists
    assert found["best"]["id"] in found["rescored"]


def test_the_same_seed_gives_the_same_bytes_whatever_the_number_of_workers(
    jobs: Jobs, models: Registered, tmp_path: Path
) -> None:
    # given
    room = Room(tmp_path, models, replace(CONFIG, workers=3))
    # when
    again = room.evolve()
    # then
    for turn in range(3):
        assert artifacts(again[f"select@{turn}"]) == artifacts(jobs[f"select@{turn}"])
    assert artifacts(again["finish"]) == artifacts(jobs["finish"])
    assert again["finish"].tracker.records == jobs["finish"].tracker.records


def test_another_seed_evolves_other_individuals(jobs: Jobs, models: Registered, tmp_path: Path) -> None:
    # given: as far as the first selection, which is where the seed begins to count
    room = Room(tmp_path, models, seed=2)
    run(room.job("found", "single"))
    *evaluations, selection = room.plan(0)
    # when
    for context in (*evaluations, selection):
        run(context)
    # then
    bred = [
        {each["genome"]["method"] + str(each["genome"]["genes"]) for each in state(done)["offspring"]}
        for done in (jobs["select@0"], selection)
    ]
    assert bred[0] != bred[1]


def test_whoever_is_killed_between_two_jobs_goes_on_to_the_same_bytes(
    jobs: Jobs, models: Registered, tmp_path: Path
) -> None:
    # given: every job is tried twice, the first try with its context thrown away behind its last line
    room = Room(tmp_path, models)

    def first_try(context: FolderContext) -> None:
        run(room_job(room, context))

    # when
    again = room.evolve(before=first_try)
    # then
    assert artifacts(again["finish"]) == artifacts(jobs["finish"])


def room_job(room: Room, context: FolderContext) -> FolderContext:
    stage = context.stage
    return room.job(stage.name, stage.kind, stage.round, stage.index)


def test_jobs_that_are_stopped_at_their_checkpoints_go_on_to_the_same_bytes(
    jobs: Jobs, models: Registered, tmp_path: Path
) -> None:
    # given: three jobs of one evolution, each stopped once
    stopped = {}

    def stop_once(context: FolderContext) -> None:
        index = "" if context.stage.index is None else f"-{context.stage.index}"
        job = f"{context.stage.name}{index}@{context.stage.round}"
        if job not in ("evaluate-1@1", "select@0", "select@2"):
            return
        first = room_job(room, context)
        first.checkpoints.every_step, first.checkpoints.stop_after_saves = True, 1
        with pytest.raises(ForgeError) as error:
            run(first)
        stopped[job] = error.value.kind

    room = Room(tmp_path, models)
    # when
    again = room.evolve(before=stop_once)
    # then
    assert stopped == dict.fromkeys(("select@0", "evaluate-1@1", "select@2"), "preempted")
    for job in (*stopped, "finish"):
        assert artifacts(again[job]) == artifacts(jobs[job]), job


def test_each_generation_is_kept_as_a_checkpoint_of_the_selection(jobs: Jobs) -> None:
    kept = jobs["select@2"].checkpoints.latest()
    assert kept is not None
    assert kept.step == 2
    assert kept.resume == state(jobs["select@2"])


def poisoned(
    models: Registered, root: Path, names: tuple[str, ...], change: Callable[[torch.Tensor], None]
) -> Registered:
    """The same models, with the last gain of some of them changed."""
    changed = dict(models)
    for name in names:
        model, folder = models[name]
        copy = root / name
        copy.mkdir(parents=True)
        for path in folder.iterdir():
            (copy / path.name).write_bytes(path.read_bytes())
        tensors = load_file(folder / "model.safetensors")
        change(tensors["norm.weight"])
        save_file(tensors, copy / "model.safetensors")
        changed[name] = (model, copy)
    return changed


def test_a_merge_with_nan_is_infeasible_and_never_chosen(models: Registered, tmp_path: Path) -> None:
    # given: every merge that takes anything from C is broken
    broken = poisoned(models, tmp_path / "broken", ("adaptive",), lambda gain: gain.fill_(float("nan")))

    def poison(context: FolderContext) -> None:
        if context.stage.name == "evaluate":
            context.registered = broken

    # when
    done = Room(tmp_path, models, replace(CONFIG, generations=1)).evolve(before=poison)
    # then: SLERP of A and B, and ABBA, take nothing from it
    individuals = done["select@0"].tracker.generations[0]["individuals"]
    assert {each["id"] for each in individuals if each["feasible"]} == {"g0-1", "g0-7"}
    infeasible = [each for each in individuals if not each["feasible"]]
    assert all(each["fitness"] is None and each["objectives"] is None for each in infeasible)
    assert done["select@0"].tracker.records["evolution/infeasible"] == 6
    reasons = {outcome["reason"] for outcome in document(done)["outcomes"].values()}
    assert reasons == {None, "a merged weight is not finite"}
    assert "ID-adaptive" not in {parent.model_id for parent in done["finish"].parents["merged"][1]}


def test_a_parent_without_finite_figures_is_refused_by_name(models: Registered, tmp_path: Path) -> None:
    broken = poisoned(models, tmp_path / "broken", ("memory",), lambda gain: gain.fill_(float("nan")))
    with pytest.raises(ForgeError, match="memory gives no finite figures") as error:
        run(Room(tmp_path, broken).job("found", "single"))
    assert error.value.kind == "numeric"


def test_a_merge_that_lost_its_language_is_infeasible_with_its_reason(
    models: Registered, tmp_path: Path
) -> None:
    loud = poisoned(models, tmp_path / "loud", VARIANTS, lambda gain: gain.fill_(200.0))
    with pytest.raises(ForgeError, match=r"None of 8 merges is usable: loses \d+\.\d+ nats") as error:
        Room(tmp_path, loud, replace(CONFIG, generations=0)).evolve()
    assert error.value.kind == "numeric"


def test_without_generations_and_with_one_recipe_the_phase_is_a_plain_merge(
    models: Registered, tmp_path: Path
) -> None:
    # given
    recipe = {"method": "linear", "models": ["reasoning", "memory"], "weights": [3, 1]}
    room = Room(tmp_path, models, replace(CONFIG, generations=0, recipes=[recipe]))
    # when
    done = room.evolve()
    # then
    assert [key for key in done if key.startswith("select")] == ["select@0"]
    ours = load_file(merged(done) / "model.safetensors")
    a, b = (load_file(models[name][1] / "model.safetensors") for name in ("reasoning", "memory"))
    for name, tensor in ours.items():
        torch.testing.assert_close(tensor, 0.75 * a[name] + 0.25 * b[name], rtol=1e-5, atol=1e-6)


def test_a_frankenmerge_is_handed_on_with_its_own_number_of_layers(
    models: Registered, tmp_path: Path
) -> None:
    slices = [{"model": "reasoning", "layers": [0, 2]}, {"model": "memory", "layers": [1, 2]}]
    recipe = {"method": "passthrough", "slices": slices}
    done = Room(tmp_path, models, replace(CONFIG, generations=0, recipes=[recipe])).evolve()
    model = load_model(merged(done))
    assert model.config.arch.num_layers == 3
    assert done["finish"].tracker.records["merged/layers"] == 3
    assert architecture_hash(shapes_of(model)) != architecture_hash(shapes_of(load_model(models["base"][1])))
    state_of = model.state_dict()
    memory = load_file(models["memory"][1] / "model.safetensors")
    assert torch.equal(state_of["blocks.2.attn.o.weight"], memory["blocks.1.attn.o.weight"])


@pytest.mark.parametrize(
    ("recipe", "code"),
    [
        ({"method": "linear", "models": ["reasoning", "nobody"]}, "not_found"),
        ({"method": "linear", "weights": [1, -1, 0]}, "zero_weight_sum"),
        ({"method": "slerp", "models": list(VARIANTS), "t": 0.5}, "arity"),
        ({"method": "linear", "weights": [1, 1]}, "arity"),
        ({"method": "passthrough", "slices": [{"model": "memory", "layers": [1, 4]}]}, "layer_range"),
        ({"method": "ties", "models": ["memory", "memory"]}, "duplicate"),
    ],
)
def test_a_recipe_that_does_not_fit_the_models_is_refused_before_anything_is_written(
    models: Registered, tmp_path: Path, recipe: dict[str, Any], code: str
) -> None:
    room = Room(tmp_path, models, replace(CONFIG, recipes=[recipe]))
    context = room.job("found", "single")
    with pytest.raises(ForgeError) as error:
        run(context)
    assert error.value.kind == "validation"
    assert (error.value.detail or {})["code"] == code
    assert not context.output.exists()


def test_it_refuses_to_report_on_documents_that_selected(
    jobs: Jobs, models: Registered, tmp_path: Path
) -> None:
    # given a found stage whose splits were tampered with
    room = Room(tmp_path, models, replace(CONFIG, generations=0))

    def overlap(context: FolderContext) -> None:
        if context.stage.name == "finish":
            path = tmp_path / "out" / "found" / "artifacts" / "setup"
            setup = json.loads(path.read_text())
            setup["splits"]["report"] = setup["splits"]["fitness"]
            path.write_text(json.dumps(setup))

    # when
    with pytest.raises(ForgeError, match="in the fitness split and in the report split") as error:
        room.evolve(before=overlap)
    # then
    assert error.value.kind == "contract"
    assert not (tmp_path / "out" / "finish").exists()


def test_models_that_are_too_few_or_without_their_base_are_refused(
    models: Registered, tmp_path: Path
) -> None:
    few = {name: models[name] for name in ("base", "memory", "reasoning")}
    with pytest.raises(ForgeError, match="got 2 models to merge") as error:
        run(Room(tmp_path / "a", few).job("found", "single"))
    assert error.value.kind == "contract"
    fourth = (InputModel("fourth", "variant", "ID-4"), models["memory"][1])
    homeless = {name: models[name] for name in VARIANTS} | {"fourth": fourth}
    with pytest.raises(ForgeError, match="no model with the role 'base'"):
        run(Room(tmp_path / "b", homeless).job("found", "single"))


def test_pareto_selection_and_cma_es_run_to_the_end_and_keep_their_promises(
    models: Registered, tmp_path: Path
) -> None:
    # given
    config = replace(CONFIG, selection="pareto", search="cma-es", generations=2)
    # when
    done = Room(tmp_path, models, config).evolve()
    # then
    rows = state(done["select@2"])["history"]
    assert [row["hypervolume"] for row in rows] == sorted(row["hypervolume"] for row in rows)
    cma = state(done["select@2"])["cma"]
    assert len(cma["search"]["history"]) == 1
    methods = {each["genome"]["method"] for each in state(done["select@1"])["offspring"]}
    assert methods == {cma["genome"]["method"]}


def test_unknown_settings_are_named() -> None:
    with pytest.raises(ForgeError, match=r"phase evomerge: missing \[\], unknown \['speed'\]") as error:
        EvomergeConfig.of(CONFIG.to_json() | {"speed": 1})
    assert error.value.kind == "validation"


def test_a_stage_that_does_not_exist_is_refused(models: Registered, tmp_path: Path) -> None:
    with pytest.raises(ForgeError, match="no stage 'polish'"):
        run(Room(tmp_path, models).job("polish", "single"))
