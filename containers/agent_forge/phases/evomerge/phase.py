"""Phase 2, EvoMerge: evolve merges of several models that share a base.

Stages: `found` (single) -> again and again `evaluate` (array) -> `select` (reduce) -> `finish` (reduce).
"""

from agent_forge.artifacts import publish_json, publish_tensors
from agent_forge.data.corpus import encode_texts, require_tokens
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.errors import ForgeError
from agent_forge.evaluation.held_out import HeldOut
from agent_forge.evolution.diversity import mean_pairwise
from agent_forge.models.device import best_device
from agent_forge.models.folder import load_model, read_config
from agent_forge.phase import PhaseContext
from agent_forge.phases.evomerge.config import EvomergeConfig
from agent_forge.phases.evomerge.evaluation import evaluate_share, gathered
from agent_forge.phases.evomerge.fitness import measured
from agent_forge.phases.evomerge.generation import Search, Yardstick, first
from agent_forge.phases.evomerge.genome import Pool
from agent_forge.phases.evomerge.merged import require_mergeable
from agent_forge.phases.evomerge.population import (
    PROBES,
    REPORT,
    RESCORE,
    SCREEN,
    SETUP,
    STATE,
    STREAMS,
    Inputs,
    Setup,
    read_search,
    read_setup,
)
from agent_forge.phases.evomerge.progress import announce
from agent_forge.phases.evomerge.recipes import explicit, first_generation
from agent_forge.phases.evomerge.report import run_finish
from agent_forge.phases.evomerge.selection import (
    Breeder,
    derived_seed,
    feasible,
    following,
    plateau,
    summarised,
)
from agent_forge.phases.evomerge.splits import halved
from agent_forge.stages import run_stage

LEAST_TOKENS = 64


def run(context: PhaseContext) -> None:
    """Do the work of one job of the stage that `context` names.

    Raises:
        ForgeError(validation): unknown stage, unusable settings, corpus or recipe.
        ForgeError(contract): the input models do not go together, or splits overlap.
        ForgeError(numeric): no merge at all can be used.
    """
    stages = {"found": run_found, "evaluate": evaluate_share, "select": run_select, "finish": run_finish}
    run_stage(context, "evomerge", stages)


def run_found(context: PhaseContext) -> None:
    """Split and encode the held-out text, measure base and parents, write the first generation."""
    config = EvomergeConfig.of(context.config)
    inputs = Inputs.of(context)
    folders = inputs.folders(context)
    base = inputs.base.name
    every = read_config(folders[base]).lineage.held_out_every or config.held_out_every
    halves = halved((document.text for document in context.corpus()), every)
    tokenizer = TextTokenizer.of(folders[base])
    streams = {
        name: encode_texts(tokenizer, texts, tokens, context.seed)
        for name, texts, tokens in (
            (SCREEN, halves.fitness, config.screen_tokens),
            (RESCORE, halves.fitness, config.rescore_tokens),
            (REPORT, halves.report, config.report_tokens),
        )
    }
    for name, stream in streams.items():
        require_tokens(stream, LEAST_TOKENS, name)
    screen, device = HeldOut.of(streams[SCREEN], tokenizer), best_device()
    measures = {}
    for place, (name, folder) in enumerate(folders.items()):
        context.tracker.progress(place, len(folders), f"measuring {name}")
        model = load_model(folder, device)
        measures[name] = measured(model, screen, config.seq_len, config.eval_batch_size)
        if not measures[name].finite:
            raise ForgeError(
                "numeric",
                f"Input model {name} gives no finite figures ({measures[name]}); train it again or leave it"
                " out.",
            )
    layers = read_config(folders[base]).arch.num_layers
    pool = Pool(tuple(model.name for model in inputs.variants), layers, tuple(config.methods))
    mask_seed = derived_seed(context.seed, "masks")
    genomes = [explicit(recipe, pool, mask_seed) for recipe in config.recipes]
    genomes = genomes or first_generation(pool, mask_seed)
    require_mergeable(genomes, folders, base)
    publish_tensors(context, STREAMS, streams)
    publish_json(context, SETUP, Setup(pool, halves.to_json(), measures, base).to_json())
    publish_json(context, STATE, first(genomes).to_json())


def run_select(context: PhaseContext) -> None:
    """Rank who was evaluated, choose the next generation, and ask for its evaluation unless this was the
    last.

    The state of each round is kept as a checkpoint of this stage. It is a function of what the stage reads,
    so an attempt that was stopped behind it chooses the same again.
    """
    config, setup = EvomergeConfig.of(context.config), read_setup(context)
    search = read_search(context)
    probes = gathered(context, search)
    breeder = Breeder(config, setup.pool, Yardstick(setup.base, config.weights), context.seed)
    alive = feasible(search, search.population)
    diversity = mean_pairwise([probes[each.genome.key].double().numpy() for each in alive])
    search.history.append(summarised(search, breeder, diversity))
    announce(context, search, breeder)
    again = search.generation < config.generations and not plateau(search.history, config)
    chosen = following(search, breeder) if again else _ended(search)
    kept = {each.genome.key for each in chosen.survivors}
    carried = {key: probes[key] for key in sorted(kept)}
    publish_tensors(context, PROBES, carried)
    publish_json(context, STATE, chosen.to_json())
    row = search.history[-1]
    figures = {name: float(row[name] or 0.0) for name in ("best_fitness", "hypervolume", "diversity")}
    context.checkpoints.save(search.generation, carried, chosen.to_json(), figures)
    if again:
        context.ask_again()


def _ended(search: Search) -> Search:
    """The last state: nobody is left to evaluate."""
    return Search(
        search.generation, [], [], search.tree, search.outcomes, search.history, search.cma,
    )  # fmt: skip
