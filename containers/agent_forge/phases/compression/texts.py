"""Text that phase 8 measures on: half of the held-out side decides, the other half is only reported."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from agent_forge.data.streams import streams_for
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.evaluation.held_out import HeldOut, Score, score_model
from agent_forge.models.device import best_device
from agent_forge.models.folder import read_config
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import PhaseContext
from agent_forge.phases.compression.config import CompressionConfig
from agent_forge.stages import input_model


@dataclass(frozen=True)
class Bench:
    """The input model's folder, and what models are scored on. `model_id` names the input in a lineage."""

    config: CompressionConfig
    folder: Path
    model_id: str
    tokenizer: TextTokenizer
    streams: Mapping[str, Tensor]

    @staticmethod
    def given(context: PhaseContext, config: CompressionConfig) -> "Bench":
        """Without text."""
        source = input_model(context, "compression")
        folder = context.model(source.name)
        return Bench(config, folder, source.model_id, TextTokenizer.of(folder), {})

    @staticmethod
    def of(context: PhaseContext, config: CompressionConfig) -> "Bench":
        """With `train` and `held_out`, and the halves of the latter: `guard` decides, `report` does not."""
        bare = Bench.given(context, config)
        streams = streams_for(
            read_config(bare.folder), bare.tokenizer, context.corpus(), config, 4 * config.seq_len + 2,
            context.seed,
        )  # fmt: skip
        held_out, half = streams["held_out"], len(streams["held_out"]) // 2
        streams = {**streams, "guard": held_out[:half], "report": held_out[half:]}
        return Bench(config, bare.folder, bare.model_id, bare.tokenizer, streams)

    def held_out(self, side: str, rows: int | None = None) -> HeldOut:
        """A side of the text to score on; the first rows of it, where so many are asked for."""
        stream = self.streams[side]
        return HeldOut.of(
            stream if rows is None else stream[: rows * self.config.seq_len + 1], self.tokenizer
        )

    def score(self, model: TinyTitan, held_out: HeldOut) -> Score:
        """Of a model, which is moved to the best device and left there."""
        config = self.config
        placed = model.to(best_device())
        return score_model(placed, held_out, config.seq_len, config.eval_stride, config.batch_size)


def nats_per_token(score: Score) -> float:
    """Mean loss."""
    return score.bits * math.log(2.0) / score.tokens
