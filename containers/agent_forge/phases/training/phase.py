"""Phase 5, Forge training: train one model further, each mechanism a switch, and measure what came of it.

Stages: `train` (single) -> `evaluate` (reduce).
"""

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from agent_forge.data.corpus import encode_texts, require_tokens, split_texts
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.errors import ForgeError
from agent_forge.models.config import ModelConfig
from agent_forge.models.device import best_device
from agent_forge.models.folder import CONFIG, TOKENIZER, WEIGHTS, load_model, read_config, save_model
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import InputModel, Parent, PhaseContext
from agent_forge.phases.training.config import TrainingConfig
from agent_forge.phases.training.mechanisms import set_up
from agent_forge.phases.training.report import evaluate_models, record_mechanisms
from agent_forge.training.loop import train

TRAINED = "trained"


def run(context: PhaseContext) -> None:
    """Do the work of one job of the stage that `context` names.

    Raises:
        ForgeError(validation): unknown stage, unusable settings or corpus.
        ForgeError(contract): the input is not one model.
        ForgeError(numeric): the training diverged.
    """
    torch.set_num_threads(context.threads)
    stages = {"train": run_train, "evaluate": run_evaluate}
    stage = stages.get(context.stage.name)
    if stage is None:
        raise ForgeError(
            "validation",
            f"Phase training has no stage {context.stage.name!r}; expected one of {', '.join(stages)}.",
        )
    stage(context)


def run_train(context: PhaseContext) -> None:
    """Train with the mechanisms that are on; what only teaches is left behind."""
    config = TrainingConfig.of(context.config)
    source = input_model(context)
    folder = context.model(source.name)
    tokenizer = TextTokenizer.from_json((folder / TOKENIZER).read_text(encoding="utf-8"))
    model = continued(load_model(folder), context.seed, folder).to(best_device())
    streams = prepare_text(context, config, tokenizer, model.config)
    workshop = set_up(config, model, tokenizer, streams, context.seed)
    train(context, workshop.training, workshop.batches, workshop.recipe, "training")
    record_mechanisms(context, workshop)
    save_model(model, context.work / TRAINED, tokenizer.json)
    parents = [Parent("continued-from", model_id=source.model_id)]
    context.publish_model(TRAINED, TRAINED, context.work / TRAINED, parents)


def run_evaluate(context: PhaseContext) -> None:
    """Measure on held-out text that no gate of the training has seen, then publish under the final name."""
    config = TrainingConfig.of(context.config)
    source = input_model(context)
    (trained,) = (output.models[TRAINED] for output in context.stage_outputs("train"))
    folder = context.model(source.name)
    tokenizer = TextTokenizer.from_json((folder / TOKENIZER).read_text(encoding="utf-8"))
    streams = prepare_text(context, config, tokenizer, read_config(folder))
    models = {name: load_model(at, best_device()) for name, at in (("input", folder), (TRAINED, trained))}
    evaluate_models(context, config, models, tokenizer, streams)
    copy = context.work / "published"
    copy.mkdir(parents=True, exist_ok=True)
    for file in (WEIGHTS, CONFIG, TOKENIZER):
        shutil.copyfile(trained / file, copy / file)
    parents = [Parent("continued-from", model_id=source.model_id)]
    context.publish_model(TRAINED, TRAINED, copy, parents)


def input_model(context: PhaseContext) -> InputModel:
    """The one model to train; the base that its lineage may bring along is not meant.

    Raises:
        ForgeError(contract): there is none, or more than one.
    """
    given = list(context.input_models())
    meant = [model for model in given if model.role != "base"] or given
    if len(meant) != 1:
        raise ForgeError(
            "contract",
            f"Phase training got {len(meant)} models to train"
            f" ({', '.join(m.name for m in meant) or 'none'}); expected one. Merge them in"
            " phase 2, or name one as the run's input.",
        )
    return meant[0]


def prepare_text(
    context: PhaseContext, config: TrainingConfig, tokenizer: TextTokenizer, model: ModelConfig
) -> dict[str, Tensor]:
    """The train side, and the held-out side as a whole and in halves.

    The `guard` half decides whether a dream cycle is undone; the `report` half decides nothing, so that what
    is reported was not selected on. Split as the model says that the corpus was split for it.
    """
    every = model.lineage.held_out_every or config.held_out_every
    split = split_texts((document.text for document in context.corpus()), every)
    train_stream = encode_texts(tokenizer, split.train, config.train_tokens, context.seed)
    held_out = encode_texts(tokenizer, split.held_out, config.held_out_tokens, context.seed)
    require_tokens(train_stream, config.seq_len * config.batch_size + 1, "train")
    require_tokens(held_out, 4 * config.seq_len + 2, "held-out")
    half = len(held_out) // 2
    return {
        "train": train_stream, "held_out": held_out, "guard": held_out[:half], "report": held_out[half:],
    }  # fmt: skip


def continued(model: TinyTitan, seed: int, folder: Path) -> TinyTitan:
    """The same weights and the same quantisation, with the lineage of a child."""
    own = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    base = model.config.lineage.base_hash or own
    lineage = replace(model.config.lineage, base_hash=base, parents=(own,), phase="training", seed=seed)
    child = TinyTitan(replace(model.config, lineage=lineage))
    child.load_state_dict(model.state_dict())
    return child
