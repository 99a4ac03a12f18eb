"""The switches of phase 5, put together: filter, self-model, dreams, difficulty, temperature."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from agent_forge.data.packing import Sampler
from agent_forge.data.streams import spread_rows
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.errors import ForgeError
from agent_forge.models.titan import TinyTitan
from agent_forge.phases.training.config import OFF, TrainingConfig
from agent_forge.training.companion import Companion
from agent_forge.training.dreams import Dreams
from agent_forge.training.edge_controller import EdgeController
from agent_forge.training.gradient_filter import ExponentialFilter, GradientFilter, WindowFilter
from agent_forge.training.loop import Recipe
from agent_forge.training.mixed_batches import MixedBatches
from agent_forge.training.mixed_objective import MixedObjective, heated
from agent_forge.training.objective import Objective
from agent_forge.training.self_model import SelfModel, SelfModelHead
from agent_forge.training.ternary_warm_up import Alternating
from agent_forge.training.thought_objective import ThoughtObjective
from agent_forge.training.training_state import Training

MOST_WITH_WINDOW = 1_000_000  # parameters; the window keeps its width in copies of each


@dataclass(frozen=True)
class Workshop:
    """All that `train` takes, and the companions by their own types."""

    training: Training
    batches: MixedBatches
    recipe: Recipe
    controller: EdgeController | None
    dreams: Dreams | None


def set_up(
    config: TrainingConfig, model: TinyTitan, tokenizer: TextTokenizer, streams: dict[str, Tensor], seed: int
) -> Workshop:
    """Everything for one training.

    Args:
        model: on its device.
        streams: encoded `train` and `guard` text; dreams are held against the latter.

    Raises:
        ForgeError(validation): a mechanism cannot work with this model.
    """
    self_model = self_model_of(config, model, seed)
    dreams = dreams_of(config, model, streams, seed)
    controller = EdgeController(config.edge_settings) if config.edge else None
    named: dict[str, Companion | None] = {"edge": controller, "dreams": dreams}
    training = Training.begin(
        model, config.weight_decay, filter_of(config, model),
        None if self_model is None else self_model.head,
        {name: companion for name, companion in named.items() if companion is not None},
    )  # fmt: skip
    sampler = Sampler(
        streams["train"], tokenizer, config.seq_len, config.batch_size, seed, config.steps, config.mixture
    )
    recipe = Recipe(
        config.schedule, 0, config.steps, config.weight_decay, config.grad_clip, config.log_every,
        objective_of(config, model, self_model, dreams, seed), config.dtype,
    )  # fmt: skip
    return Workshop(training, MixedBatches(sampler, controller, dreams), recipe, controller, dreams)


def objective_of(
    config: TrainingConfig, model: TinyTitan, self_model: SelfModel | None, dreams: Dreams | None, seed: int
) -> Objective:
    """The sum of all losses; a model that thinks also practises speaking after its thoughts."""
    tau = model.config.act.tau
    objective: Objective = MixedObjective(
        tau=lambda _: tau,
        temperature=heated(config.temperature_start, round(config.temperature_share * config.steps)),
        teacher=dreams.teacher if dreams is not None and config.dreams == "distil" else None,
        self_model=self_model,
    )
    if not model.config.thought.enabled:
        return objective
    thinking = ThoughtObjective(seed=seed, samples=1, policy_weight=0.0, quiet_weight=1.0, tau=tau)
    return Alternating(objective, thinking, config.thought_every)


def filter_of(config: TrainingConfig, model: TinyTitan) -> GradientFilter | None:
    """Grokfast, or None.

    Raises:
        ForgeError(validation): the window would keep too many copies of a large model's gradient.
    """
    if config.grokfast == OFF:
        return None
    if config.grokfast == "ema":
        return ExponentialFilter(config.grokfast_alpha, config.grokfast_amplification)
    count = sum(parameter.numel() for parameter in model.parameters())
    if count > MOST_WITH_WINDOW:
        raise ForgeError(
            "validation",
            f"grokfast 'window' keeps {config.grokfast_window} gradients of {count} parameters; expected at"
            f" most {MOST_WITH_WINDOW}. Use 'ema', which keeps one.",
            {"parameters": count, "limit": MOST_WITH_WINDOW},
        )
    return WindowFilter(config.grokfast_window, config.grokfast_amplification)


def self_model_of(config: TrainingConfig, model: TinyTitan, seed: int) -> SelfModel | None:
    """The auxiliary head, or None where its weight is 0.

    Raises:
        ForgeError(validation): a model of one layer has no state to predict.
    """
    if config.self_model_weight == 0:
        return None
    if len(model.blocks) < 2:
        raise ForgeError(
            "validation",
            "self_model_weight is above 0 and the model has one layer; expected at least 2, so that there is"
            " a state between blocks to predict.",
        )
    return SelfModel(
        head=SelfModelHead(model.config.arch.d_model, seed).to(model.device),
        weight=config.self_model_weight,
        ramp=round(config.self_model_ramp * config.steps),
        detach_target=config.self_model_detach in ("target", "both"),
        detach_input=config.self_model_detach == "both",
    )


def dreams_of(
    config: TrainingConfig, model: TinyTitan, streams: dict[str, Tensor], seed: int
) -> Dreams | None:
    """Dream cycles, or None."""
    if config.dreams == OFF:
        return None
    rows_RT = spread_rows(streams["guard"], config.seq_len, config.eval_rows)

    def anchor(model: TinyTitan) -> float:
        return float(row_losses(model, rows_RT, config.eval_batch_size).mean())

    return Dreams(config.dream_plan, model, streams["train"], anchor, seed, config.batch_size)


@torch.no_grad()
def row_losses(model: TinyTitan, rows_RT: Tensor, batch_size: int) -> Tensor:
    """Mean loss of each row in nats a token, (R,), double, on the CPU."""
    model.eval()
    found = []
    for part in rows_RT.split(batch_size):
        part = part.to(model.device)
        logits = model(part[:, :-1], compact=True).logits_BTV.float()
        nll = F.cross_entropy(logits.flatten(0, 1), part[:, 1:].flatten(), reduction="none")
        found.append(nll.view(len(part), -1).double().mean(dim=1).cpu())
    return torch.cat(found)
