"""Phase 4, BitNet: train ternary weights behind full-precision masters, then pack and measure them.

Stages: `train` (single) -> `evaluate` (reduce).
"""

from dataclasses import replace

from torch import Tensor

from agent_forge.artifacts import publish_under
from agent_forge.data.packing import Sampler
from agent_forge.data.streams import streams_for
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.errors import ForgeError
from agent_forge.models.config import ModelConfig
from agent_forge.models.device import best_device
from agent_forge.models.folder import load_child, read_config, save_model
from agent_forge.models.ternary import ternary_projections
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import Parent, PhaseContext
from agent_forge.phases.bitnet.config import BitnetConfig
from agent_forge.phases.bitnet.report import evaluate_model
from agent_forge.stages import input_model, models_of, run_stage
from agent_forge.training.loop import Recipe, train
from agent_forge.training.objective import NextToken, Objective
from agent_forge.training.ternary_warm_up import Alternating, TernaryWarmUp
from agent_forge.training.thought_objective import ThoughtObjective
from agent_forge.training.training_state import Training

TERNARY = "ternary"


def run(context: PhaseContext) -> None:
    """Do the work of one job of the stage that `context` names.

    Raises:
        ForgeError(validation): unknown stage, unusable settings or corpus.
        ForgeError(contract): the input is not one model in full precision.
        ForgeError(numeric): the training diverged.
    """
    run_stage(context, "bitnet", {"train": run_train, "evaluate": run_evaluate})


def run_train(context: PhaseContext) -> None:
    """Train the masters under growing quantisation."""
    config = BitnetConfig.of(context.config)
    source = input_model(context, "bitnet")
    folder = context.model(source.name)
    tokenizer = TextTokenizer.of(folder)
    model = quantised(load_child(folder, "bitnet", context.seed), config)
    stream = streams_of(context, config, tokenizer, model.config)["train"]
    training = Training.begin(model.to(best_device()), config.weight_decay)
    sampler = Sampler(stream, tokenizer, config.seq_len, config.batch_size, context.seed, config.steps)
    recipe = Recipe(
        config.schedule, 0, config.steps, config.weight_decay, config.grad_clip, config.log_every,
        objective_of(config, model.config, context.seed),
    )  # fmt: skip
    train(context, training, sampler, recipe, "training ternary weights")
    save_model(model, context.work / TERNARY, tokenizer.json)
    parents = [Parent("quantised-from", model_id=source.model_id)]
    context.publish_model(TERNARY, TERNARY, context.work / TERNARY, parents)


def run_evaluate(context: PhaseContext) -> None:
    """Pack, measure on held-out text, calibrate and time; then publish the masters under their final name."""
    config = BitnetConfig.of(context.config)
    source = input_model(context, "bitnet")
    trained = models_of(context, "train", [TERNARY])[TERNARY]
    folder = context.model(source.name)
    tokenizer = TextTokenizer.of(folder)
    stream = streams_of(context, config, tokenizer, read_config(folder))["held_out"]
    evaluate_model(context, config, {"input": folder, TERNARY: trained}, tokenizer, stream)
    parents = [Parent("quantised-from", model_id=source.model_id)]
    publish_under(context, TERNARY, TERNARY, trained, parents)


def quantised(model: TinyTitan, config: BitnetConfig) -> TinyTitan:
    """The same weights as masters of a ternary model.

    Raises:
        ForgeError(contract): it is ternary already, or the settings leave nothing to quantise.
    """
    if model.config.quant.enabled:
        raise ForgeError("contract", "The input model is ternary already; expected full precision.")
    masters = model.with_config(replace(model.config, quant=config.quant(model.config.quant)))
    if not any(True for _ in ternary_projections(masters)):
        raise ForgeError(
            "validation",
            f"kept_fp {config.kept_fp} keeps every projection in floating point; expected to leave some.",
        )
    return masters


def objective_of(config: BitnetConfig, model: ModelConfig, seed: int) -> Objective:
    """Next-token loss; a model that thinks also practises speaking after its thoughts.

    Thoughts are not rewarded here: what phase 3 taught is kept in use, not taught again. The ponder
    cost keeps the weight that the model was trained with.
    """
    objective: Objective = NextToken(lambda _: model.act.tau)
    if model.thought.enabled:
        thinking = ThoughtObjective(
            seed=seed, samples=1, policy_weight=0.0, quiet_weight=1.0, tau=model.act.tau
        )
        objective = Alternating(objective, thinking, config.thought_every)
    return TernaryWarmUp(objective, config.steps, config.strength_share)


def streams_of(
    context: PhaseContext, config: BitnetConfig, tokenizer: TextTokenizer, model: ModelConfig
) -> dict[str, Tensor]:
    """Both sides of the corpus; two rows are the least to calibrate on."""
    return streams_for(model, tokenizer, context.corpus(), config, 2 * config.seq_len + 1, context.seed)
