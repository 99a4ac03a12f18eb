"""Evaluating a generation: each job takes every n-th genome that is unknown, merges it and measures the
model.

An outcome depends on its genome alone, so it does not matter which job evaluates it, nor how many there are.
"""

import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from agent_forge.artifacts import publish_json, publish_tensors, read_json, read_tensors
from agent_forge.errors import ForgeError
from agent_forge.evaluation.held_out import HeldOut
from agent_forge.models.device import best_device
from agent_forge.models.folder import load_model
from agent_forge.phase import PhaseContext
from agent_forge.phases.evomerge.config import EvomergeConfig
from agent_forge.phases.evomerge.fitness import Measures, Outcome, all_finite, judged, measured, predictions
from agent_forge.phases.evomerge.generation import Search
from agent_forge.phases.evomerge.genome import Genome
from agent_forge.phases.evomerge.merged import write_merged
from agent_forge.phases.evomerge.population import (
    OUTCOMES,
    PROBES,
    SCREEN,
    Inputs,
    read_search,
    read_setup,
    read_stream,
)


@dataclass(frozen=True)
class Bench:
    """What a genome is evaluated with."""

    config: EvomergeConfig
    folders: Mapping[str, Path]
    base_name: str
    base: Measures
    screen: HeldOut
    work: Path

    @staticmethod
    def of(context: PhaseContext) -> "Bench":
        """The bench of this job."""
        setup = read_setup(context)
        folders = Inputs.of(context).folders(context)
        screen = read_stream(context, SCREEN, folders[setup.base_name])
        config = EvomergeConfig.of(context.config)
        return Bench(config, folders, setup.base_name, setup.base, screen, context.work / "individual")

    def evaluate(self, genome: Genome) -> tuple[Outcome, Tensor | None]:
        """Merge, load, measure; the predictions on the probe go along for the diversity of the generation."""
        shutil.rmtree(self.work, ignore_errors=True)
        write_merged(genome, self.folders, self.base_name, self.work)
        model = load_model(self.work, best_device())
        if not all_finite(model):
            return Outcome(None, "a merged weight is not finite"), None
        config = self.config
        measures = measured(model, self.screen, config.seq_len, config.eval_batch_size)
        outcome = judged(measures, self.base)
        if outcome.measures is None:
            return outcome, None
        return outcome, predictions(model, self.screen, config.seq_len, config.probe_tokens)


def evaluate_share(context: PhaseContext) -> None:
    """Evaluate this job's share; resumes behind the last genome that a checkpoint holds."""
    search, index = read_search(context), context.stage.index or 0
    mine = search.unknown()[index :: context.stage.size]
    outcomes: dict[str, Outcome] = {}
    probes: dict[str, Tensor] = {}
    if (checkpoint := context.checkpoints.latest()) is not None:
        outcomes = {key: Outcome.from_json(outcome) for key, outcome in checkpoint.resume.items()}
        probes = dict(checkpoint.tensors)
    message, begin = f"evaluating generation {search.generation}", time.monotonic()
    bench = Bench.of(context) if mine else None
    for place, genome in enumerate(mine):
        if bench is None or genome.key in outcomes:
            continue
        context.tracker.progress(place, len(mine), message)
        outcomes[genome.key], probe = bench.evaluate(genome)
        if probe is not None:
            probes[genome.key] = probe
        if context.checkpoints.due():
            context.checkpoints.save(len(outcomes), probes, _resume(outcomes), {})
    context.tracker.progress(len(mine), len(mine), message)
    # Reported and never selected on: seconds differ from machine to machine.
    context.tracker.record(
        f"worker-{index}/evaluation_seconds", time.monotonic() - begin, "s", source=__name__,
        step=search.generation,
    )  # fmt: skip
    publish_json(context, OUTCOMES, _resume(outcomes))
    publish_tensors(context, PROBES, probes)


def gathered(context: PhaseContext, search: Search) -> dict[str, Tensor]:
    """Enter what all jobs of this round found into the state; the probes of everyone alive.

    Raises:
        ForgeError(contract): a job left out a genome.
    """
    probes: dict[str, Tensor] = {}
    for output in context.stage_outputs("evaluate"):
        found = read_json(output, OUTCOMES)
        search.outcomes |= {key: Outcome.from_json(outcome) for key, outcome in found.items()}
        probes |= read_tensors(output, PROBES)
    for output in context.stage_outputs("select"):
        probes |= read_tensors(output, PROBES)
    absent = [genome.key for genome in search.unknown()]
    if absent:
        raise ForgeError(
            "contract",
            f"Stage evaluate left {len(absent)} genomes of generation {search.generation} without an outcome:"
            f" {absent[:5]}. Run it again.",
        )
    return probes


def _resume(outcomes: Mapping[str, Outcome]) -> dict[str, object]:
    return {key: outcomes[key].to_json() for key in sorted(outcomes)}
