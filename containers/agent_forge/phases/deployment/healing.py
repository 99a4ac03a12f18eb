"""Training after pruning: the smaller model learns what the model that came in would have said.

Legend: B rows, T tokens.
"""

from dataclasses import dataclass

import torch

from agent_forge.data.packing import Batch, Sampler
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import PhaseContext
from agent_forge.phases.deployment.adapter import Streams
from agent_forge.phases.deployment.config import DeploymentConfig
from agent_forge.training.answers import divergence
from agent_forge.training.loop import Recipe, train
from agent_forge.training.objective import Losses
from agent_forge.training.schedule import Schedule
from agent_forge.training.training_state import Training

GRAD_CLIP, LAST_RATE = 1.0, 0.1


@dataclass(frozen=True)
class Taught:
    """Forward KL from a frozen teacher, in nats per token, and the ponder cost the model was trained with."""

    teacher: TinyTitan
    tau: float

    def __call__(self, model: TinyTitan, batch: Batch, step: int) -> Losses:
        """Losses of one pass; see Objective."""
        with torch.no_grad():
            known_BTV = self.teacher(batch.tokens[:, :-1]).logits_BTV
        output = model(batch.tokens[:, :-1])
        kl_BT = divergence(known_BTV, output.logits_BTV)
        ponder = self.tau * output.cost_BT.mean() if model.act is not None else None
        return Losses((kl_BT * batch.weights_BT).sum() / batch.weights_BT.sum(), ponder)


def heal(
    context: PhaseContext,
    config: DeploymentConfig,
    model: TinyTitan,
    teacher: TinyTitan,
    streams: Streams,
) -> None:
    """Train `model` in place from the newest checkpoint of the job, if there is one."""
    own = config.own("edge")
    steps = int(own["heal_steps"])
    schedule = Schedule(float(own["learning_rate"]), steps, steps // 10, LAST_RATE)
    sampler = Sampler(
        streams.train, streams.tokenizer, config.seq_len, config.batch_size, context.seed, steps
    )  # fmt: skip
    objective = Taught(teacher.eval().requires_grad_(False), model.config.act.tau)
    recipe = Recipe(schedule, 0, steps, 0.0, GRAD_CLIP, config.log_every, objective)
    train(context, Training.begin(model, 0.0), sampler, recipe, "healing what was pruned")
