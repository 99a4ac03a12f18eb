"""Every number of phase 5: how the input came in, what training gained, what the mechanisms did.

Legend: R rows, T tokens of a row.
"""

import random
from collections.abc import Mapping

import torch
from torch import Tensor

from agent_forge.data.packing import ANSWER_WEIGHT, Batch, synthetic_row
from agent_forge.data.streams import spread_rows
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.evaluation.bootstrap import bootstrap, mean
from agent_forge.evaluation.held_out import HeldOut, Score, score_model
from agent_forge.evaluation.record import record_score
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import PhaseContext
from agent_forge.phases.training.config import TrainingConfig
from agent_forge.phases.training.mechanisms import Workshop, row_losses
from agent_forge.training.objective import NextToken

NATS = "nats/token"
SHARE = "share of answers"


def evaluate_models(
    context: PhaseContext,
    config: TrainingConfig,
    models: Mapping[str, TinyTitan],
    tokenizer: TextTokenizer,
    streams: Mapping[str, Tensor],
) -> None:
    """Record all measures through `context.tracker`.

    Args:
        models: `input` and `trained`.
        streams: `held_out`, and its half `report`.
    """
    rows_RT = spread_rows(streams["report"], config.seq_len, config.eval_rows)
    context.tracker.progress(0, 3, "checking what came in")
    whole = HeldOut.of(streams["held_out"], tokenizer)
    begun = scored(config, models["input"], whole)
    record(context, "handover/bits_per_byte", begun.bits_per_byte, "bits/byte", "input")
    difference = step0_difference(config, models["input"], rows_RT)
    record(context, "handover/step0_difference", difference, NATS, "input")
    context.tracker.progress(1, 3, "measuring held-out text")
    losses = {name: row_losses(model, rows_RT, config.eval_batch_size) for name, model in models.items()}
    half = HeldOut.of(streams["report"], tokenizer)
    for name, model in models.items():
        record_score(context.tracker, name, scored(config, model, half))
        record(context, f"{name}/nll", float(losses[name].mean()), NATS, name)
    gain = bootstrap(
        mean, losses["input"] - losses["trained"], draws=config.bootstrap_draws, seed=context.seed
    )
    for ending, value in (("", gain.value), ("_low", gain.low), ("_high", gain.high)):
        record(context, f"trained/gain{ending}", value, NATS, "trained")
    context.tracker.progress(2, 3, "asking questions")
    questions = questions_of(tokenizer, config, context.seed)
    for name, model in models.items():
        share = answered(model, questions, config.eval_batch_size)
        record(context, f"{name}/answers", share, SHARE, name)
    context.tracker.progress(3, 3, "measured")


def scored(config: TrainingConfig, model: TinyTitan, held_out: HeldOut) -> Score:
    """Over all of the held-out text, as the phases before measure it."""
    return score_model(model, held_out, config.seq_len, config.eval_stride, config.eval_batch_size)


@torch.no_grad()
def step0_difference(config: TrainingConfig, model: TinyTitan, rows_RT: Tensor) -> float:
    """How far the training's own loss before its first step is from what evaluation measures, on some rows.

    A quantised model that is trained as if it were not begins elsewhere than where its phase ended.
    """
    part_RT = rows_RT[: config.eval_batch_size]
    measured = float(row_losses(model, part_RT, config.eval_batch_size).mean())
    batch = Batch(part_RT, torch.ones(len(part_RT), config.seq_len)).to(model.device)
    model.train()
    begun = float(NextToken(lambda _: 0.0)(model, batch, 0).weighted)
    model.eval()
    return abs(begun - measured)


def questions_of(tokenizer: TextTokenizer, config: TrainingConfig, seed: int) -> Batch:
    """Rows of questions at full difficulty that no training has drawn."""
    rows = [
        synthetic_row(tokenizer, "graded", random.Random(f"answers:{seed}:{row}"), 1.0, config.seq_len)
        for row in range(config.eval_rows)
    ]
    return Batch(torch.stack([tokens for tokens, _ in rows]), torch.stack([weights for _, weights in rows]))


@torch.no_grad()
def answered(model: TinyTitan, questions: Batch, batch_size: int) -> float:
    """Share of the answer tokens that are the model's first choice."""
    model.eval()
    right, asked = 0, 0
    for first in range(0, questions.rows, batch_size):
        part = questions.part(first, first + batch_size).to(model.device)
        graded_BT = part.weights_BT == ANSWER_WEIGHT
        choice_BT = model(part.tokens[:, :-1], compact=True).logits_BTV.argmax(-1)
        right += int(((choice_BT == part.tokens[:, 1:]) & graded_BT).sum())
        asked += int(graded_BT.sum())
    return right / asked if asked else 0.0


def record_mechanisms(context: PhaseContext, workshop: Workshop) -> None:
    """What the companions came to; nothing of those that are off."""
    if workshop.controller is not None:
        edge = workshop.controller.state
        _record_training(context, "edge/difficulty", edge.difficulty, "0 to 1")
        _record_training(context, "edge/windows", float(edge.windows), "decisions")
        in_band = edge.in_band / edge.windows if edge.windows else 0.0
        _record_training(context, "edge/in_band_share", in_band, "share of decisions")
        turned = edge.turns / edge.moves if edge.moves else 0.0
        _record_training(context, "edge/turned_share", turned, "share of moves")
    if workshop.dreams is not None:
        dreams = workshop.dreams.state
        _record_training(context, "dreams/cycles", float(dreams.cycles), "cycles")
        _record_training(context, "dreams/rollbacks", float(dreams.rollbacks), "cycles")
        _record_training(context, "dreams/share", dreams.share, "share of the loss")
        kept = dreams.kept / dreams.drawn if dreams.drawn else 0.0
        _record_training(context, "dreams/kept_share", kept, "share of dreams")
        _record_training(context, "dreams/forgotten", dreams.accepted - dreams.entry, NATS)


def _record_training(context: PhaseContext, name: str, value: float, unit: str) -> None:
    context.tracker.record(name, value, unit, source=f"{__name__}.record_mechanisms", model="trained")


def record(context: PhaseContext, name: str, value: float, unit: str, model: str) -> None:
    """One metric record over held-out text."""
    context.tracker.record(
        name, value, unit, source=f"{__name__}.evaluate_models", model=model, split="held_out"
    )
