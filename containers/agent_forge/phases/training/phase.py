"""Phase 5, Forge training: train one model further, each mechanism a switch, and measure what came of it.

Stages: `train` (single) -> `evaluate` (reduce).
"""

from torch import Tensor

from agent_forge.artifacts import publish_under
from agent_forge.data.streams import streams_for
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.models.config import ModelConfig
from agent_forge.models.device import best_device
from agent_forge.models.folder import load_child, load_model, read_config, save_model
from agent_forge.phase import Parent, PhaseContext
from agent_forge.phases.training.config import TrainingConfig
from agent_forge.phases.training.mechanisms import set_up
from agent_forge.phases.training.report import evaluate_models, record_mechanisms
from agent_forge.stages import input_model, models_of, run_stage
from agent_forge.training.loop import train

TRAINED = "trained"


def run(context: PhaseContext) -> None:
    """Do the work of one job of the stage that `context` names.

    Raises:
        ForgeError(validation): unknown stage, unusable settings or corpus.
        ForgeError(contract): the input is not one model.
        ForgeError(numeric): the training diverged.
    """
    run_stage(context, "training", {"train": run_train, "evaluate": run_evaluate})


def run_train(context: PhaseContext) -> None:
    """Train with the mechanisms that are on; what only teaches is left behind."""
    config = TrainingConfig.of(context.config)
    source = input_model(context, "training")
    folder = context.model(source.name)
    tokenizer = TextTokenizer.of(folder)
    model = load_child(folder, "training", context.seed).to(best_device())
    streams = streams_of(context, config, tokenizer, model.config)
    workshop = set_up(config, model, tokenizer, streams, context.seed)
    train(context, workshop.training, workshop.batches, workshop.recipe, "training")
    record_mechanisms(context, workshop)
    save_model(model, context.work / TRAINED, tokenizer.json)
    parents = [Parent("continued-from", model_id=source.model_id)]
    context.publish_model(TRAINED, TRAINED, context.work / TRAINED, parents)


def run_evaluate(context: PhaseContext) -> None:
    """Measure on held-out text that no gate of the training has seen, then publish under the final name."""
    config = TrainingConfig.of(context.config)
    source = input_model(context, "training")
    trained = models_of(context, "train", [TRAINED])[TRAINED]
    folder = context.model(source.name)
    tokenizer = TextTokenizer.of(folder)
    streams = streams_of(context, config, tokenizer, read_config(folder))
    models = {name: load_model(at, best_device()) for name, at in (("input", folder), (TRAINED, trained))}
    evaluate_models(context, config, models, tokenizer, streams)
    parents = [Parent("continued-from", model_id=source.model_id)]
    publish_under(context, TRAINED, TRAINED, trained, parents)


def streams_of(
    context: PhaseContext, config: TrainingConfig, tokenizer: TextTokenizer, model: ModelConfig
) -> dict[str, Tensor]:
    """The train side, and the held-out side as a whole and in halves.

    The `guard` half decides whether a dream cycle is undone; the `report` half decides nothing, so that what
    is reported was not selected on.
    """
    least = 4 * config.seq_len + 2
    streams = streams_for(model, tokenizer, context.corpus(), config, least, context.seed)
    held_out, half = streams["held_out"], len(streams["held_out"]) // 2
    return {**streams, "guard": held_out[:half], "report": held_out[half:]}
