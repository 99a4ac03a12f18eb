"""The end: score the finalists again, pick one by the fitness split, report on text it never saw."""

import json
import math
import shutil
from collections.abc import Mapping
from pathlib import Path

from agent_forge.artifacts import publish_json
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.errors import ForgeError
from agent_forge.evaluation import probes
from agent_forge.evaluation.held_out import HeldOut
from agent_forge.models.device import best_device
from agent_forge.models.folder import CONFIG, TOKENIZER, WEIGHTS, load_model, read_config
from agent_forge.phase import Parent, PhaseContext
from agent_forge.phases.evomerge.config import EvomergeConfig
from agent_forge.phases.evomerge.fitness import Measures, Outcome, all_finite, judged, measured
from agent_forge.phases.evomerge.generation import Individual, Search, Yardstick
from agent_forge.phases.evomerge.merged import recipe_of, write_merged
from agent_forge.phases.evomerge.population import (
    REPORT,
    RESCORE,
    Inputs,
    Setup,
    read_search,
    read_setup,
    read_stream,
)
from agent_forge.phases.evomerge.recipes import weighted
from agent_forge.phases.evomerge.splits import require_apart

MERGED, AVERAGE, BEST_PARENT = "merged", "average", "best_parent"
BASE = "base"  # the name of its figures, whatever the model is called in the registry
UNITS = {
    "bits_per_byte": "bits/byte",
    "perplexity": "per token",
    "accuracy": "share",
    "flops_per_token": "operations/token",
    "bytes": "bytes",
    "ponder_steps": "steps/token",
    "fitness": "times the base",
    "hops_accuracy": "share",
    "recall_accuracy": "share",
}
HOPS = (1, 2, 3)


def run_finish(context: PhaseContext) -> None:
    """Publish the best merge with its lineage, and every figure of it, its parents and their average.

    Raises:
        ForgeError(contract): the report's documents are among those that fitness selected on.
        ForgeError(numeric): no individual is feasible.
    """
    config, setup, search = EvomergeConfig.of(context.config), read_setup(context), read_search(context)
    require_apart(setup.splits)
    folders = Inputs.of(context).folders(context)
    best, rescored = final_pick(context, config, setup, search, folders)
    subjects = {name: folders[name] for name in (setup.base_name, *setup.pool.models)}
    subjects[AVERAGE] = context.work / AVERAGE
    shutil.rmtree(subjects[AVERAGE], ignore_errors=True)
    write_merged(weighted("linear", setup.pool.models), folders, setup.base_name, subjects[AVERAGE])
    subjects[MERGED] = context.work / "finalists" / best.id
    reported = record_all(context, config, setup, subjects)
    record_evolution(context, config, setup, search, best)
    publish_best(context, best, subjects[MERGED], setup, search, rescored, reported)


def final_pick(
    context: PhaseContext,
    config: EvomergeConfig,
    setup: Setup,
    search: Search,
    folders: Mapping[str, Path],
) -> tuple[Individual, dict[str, Measures]]:
    """The finalist with the highest fitness on more of the fitness split, and what each reached there."""
    yardstick = Yardstick(setup.base, config.weights)
    known = {each.genome.key: each for each in reversed(search.tree) if each.genome.key in search.outcomes}
    worth = {key: value for key in known if (value := yardstick.fitness(search.outcomes[key])) is not None}
    if not worth:
        raise ForgeError(
            "numeric",
            f"None of {len(search.outcomes)} merges is usable: {_reasons(search)}. Check the parents'"
            " figures, or name gentler recipes.",
        )
    ordered = sorted(worth, key=lambda key: (-worth[key], known[key].generation, known[key].id))
    stream = read_stream(context, RESCORE, folders[setup.base_name])
    model = load_model(folders[setup.base_name], best_device())
    base = measured(model, stream, config.seq_len, config.eval_batch_size)
    again = Yardstick(base, config.weights)
    rescored = {
        known[key].id: measures
        for key in ordered[: config.finalists]
        if (measures := _rescored(context, config, setup, known[key], folders, stream, base)) is not None
    }
    if not rescored:
        raise ForgeError("numeric", "No finalist stayed usable on more text; raise screen_tokens.")
    best = max(rescored, key=lambda name: again.fitness(Outcome(rescored[name])) or -math.inf)
    value = again.fitness(Outcome(rescored[best])) or 0.0
    context.tracker.record(
        "merged/fitness", value, UNITS["fitness"], source=f"{__name__}.final_pick", model=MERGED,
        split="fitness",
    )  # fmt: skip
    return next(each for each in known.values() if each.id == best), rescored


def _rescored(
    context: PhaseContext,
    config: EvomergeConfig,
    setup: Setup,
    each: Individual,
    folders: Mapping[str, Path],
    stream: HeldOut,
    base: Measures,
) -> Measures | None:
    """A finalist's figures; its folder stays, because one of them is published."""
    folder = context.work / "finalists" / each.id
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    write_merged(each.genome, folders, setup.base_name, folder)
    model = load_model(folder, best_device())
    if not all_finite(model):
        return None
    measures = measured(model, stream, config.seq_len, config.eval_batch_size)
    return judged(measures, base).measures


def record_all(
    context: PhaseContext, config: EvomergeConfig, setup: Setup, subjects: Mapping[str, Path]
) -> dict[str, Measures]:
    """Record what base, parents, average and merged reach on the report split and in the probes."""
    base_folder = subjects[setup.base_name]
    stream, tokenizer = read_stream(context, REPORT, base_folder), TextTokenizer.of(base_folder)
    reported = {}
    for place, (model_name, folder) in enumerate(subjects.items()):
        name = BASE if model_name == setup.base_name else model_name
        context.tracker.progress(place, len(subjects), f"reporting on {name}")
        model = load_model(folder, best_device())
        reported[name] = measured(model, stream, config.seq_len, config.eval_batch_size)
        for measure, value in reported[name].to_json().items():
            _record(context, name, measure, value, "fitness.measured", "report")
        batch = config.eval_batch_size
        for measure, questions in _probes(tokenizer, config.probe_items, context.seed).items():
            scores = [probes.score_probe(model, probe, batch).accuracy for probe in questions]
            _record(context, name, measure, sum(scores) / len(scores), "evaluation.probes", "probe")
    best = min(setup.pool.models, key=lambda name: reported[name].bits_per_byte)
    _record(
        context, BEST_PARENT, "bits_per_byte", reported[best].bits_per_byte, "report.record_all", "report"
    )
    return reported


def _probes(tokenizer: TextTokenizer, items: int, seed: int) -> dict[str, list[probes.Probe]]:
    """The questions of phase 1's probes; selection never sees them, so they are as good as unseen text."""
    return {
        "hops_accuracy": [probes.hops_probe(tokenizer, items, seed, hops) for hops in HOPS],
        "recall_accuracy": [probes.recall_probe(tokenizer, items, seed, 1.0, 0)],
    }


def record_evolution(
    context: PhaseContext, config: EvomergeConfig, setup: Setup, search: Search, best: Individual
) -> None:
    """Gain over the best parent on the screen, where both were measured alike; layers before and after."""
    yardstick = Yardstick(setup.base, config.weights)
    parent = max(yardstick.fitness(Outcome(setup.measures[name])) or 0.0 for name in setup.pool.models)
    worth = yardstick.fitness(search.outcome(best)) or 0.0
    layers = len(best.genome.layers) or setup.pool.num_layers
    for name, value, unit in (
        ("evolution/best_parent_fitness", parent, "times the base"),
        ("evolution/gain_over_best_parent", worth / parent - 1.0, "share"),
        ("evolution/generations", float(len(search.history)), "generations"),
        ("evolution/evaluations", float(len(search.outcomes)), "models"),
        ("merged/layers", float(layers), "layers"),
    ):
        context.tracker.record(name, value, unit, source=f"{__name__}.record_evolution", split="fitness")


def publish_best(
    context: PhaseContext,
    best: Individual,
    folder: Path,
    setup: Setup,
    search: Search,
    rescored: Mapping[str, Measures],
    reported: Mapping[str, Measures],
) -> None:
    """The model with its weighted parents, and beside it the whole evolution as a document."""
    copy = context.work / "published"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(parents=True)
    for file in (WEIGHTS, TOKENIZER):
        shutil.copyfile(folder / file, copy / file)
    config = read_config(folder).with_lineage(seed=context.seed)
    (copy / CONFIG).write_text(
        json.dumps(config.to_json(), indent=2, sort_keys=True) + "\n", encoding="utf-8"
    )
    ids = {model.name: model.model_id for model in Inputs.of(context).variants}
    weights = dict(zip(best.genome.models, best.genome.weights, strict=True))
    parents = [Parent("merged-from", model_id=ids[name], weight=weight) for name, weight in weights.items()]
    context.publish_model(MERGED, MERGED, copy, parents)
    publish_json(context, "evolution", {
        "best": best.to_json(),
        "recipe": recipe_of(best.genome, setup.base_name).to_json(),
        "parents": {name: {"modelId": ids[name], "weight": weight} for name, weight in weights.items()},
        "parentHashes": list(config.lineage.parents),
        "splits": dict(setup.splits),
        "rescored": {name: measures.to_json() for name, measures in rescored.items()},
        "reported": {name: measures.to_json() for name, measures in reported.items()},
        "tree": [each.to_json() for each in search.tree],
        "outcomes": {key: outcome.to_json() for key, outcome in sorted(search.outcomes.items())},
        "history": search.history,
        "cma": search.cma,
    })  # fmt: skip


def _record(context: PhaseContext, name: str, measure: str, value: float, where: str, split: str) -> None:
    context.tracker.record(
        f"{name}/{measure}", value, UNITS[measure], source=f"agent_forge.phases.evomerge.{where}",
        model=None if name == BEST_PARENT else name, split=split,
    )  # fmt: skip


def _reasons(search: Search) -> str:
    found = sorted({outcome.reason or "" for outcome in search.outcomes.values()})
    return "; ".join(found[:3])
