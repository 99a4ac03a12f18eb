"""Phase 4, BitNet: train ternary weights behind full-precision masters, then pack and measure them.

Stages: `train` (single) -> `evaluate` (reduce).
"""

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from agent_forge.data.corpus import encode_texts, require_tokens, split_texts
from agent_forge.data.packing import Sampler
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.errors import ForgeError
from agent_forge.models.config import ModelConfig
from agent_forge.models.device import best_device
from agent_forge.models.folder import CONFIG, TOKENIZER, WEIGHTS, load_model, read_config, save_model
from agent_forge.models.ternary import ternary_projections
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import InputModel, Parent, PhaseContext
from agent_forge.phases.bitnet.config import BitnetConfig
from agent_forge.phases.bitnet.report import evaluate_model
from agent_forge.training.loop import Recipe, Training, train
from agent_forge.training.objective import NextToken, Objective
from agent_forge.training.ternary_warm_up import Alternating, TernaryWarmUp
from agent_forge.training.thought_objective import ThoughtObjective

TERNARY = "ternary"


def run(context: PhaseContext) -> None:
    """Do the work of one job of the stage that `context` names.

    Raises:
        ForgeError(validation): unknown stage, unusable settings or corpus.
        ForgeError(contract): the input is not one model in full precision.
        ForgeError(numeric): the training diverged.
    """
    torch.set_num_threads(context.threads)
    stages = {"train": run_train, "evaluate": run_evaluate}
    stage = stages.get(context.stage.name)
    if stage is None:
        raise ForgeError(
            "validation",
            f"Phase bitnet has no stage {context.stage.name!r}; expected one of {', '.join(stages)}.",
        )
    stage(context)


def run_train(context: PhaseContext) -> None:
    """Train the masters under growing quantisation."""
    config = BitnetConfig.of(context.config)
    source = input_model(context)
    folder = context.model(source.name)
    tokenizer = TextTokenizer.from_json((folder / TOKENIZER).read_text(encoding="utf-8"))
    model = quantised(load_model(folder), config, folder, context.seed)
    stream = prepare_text(context, config, tokenizer, model.config)["train"]
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
    source = input_model(context)
    (trained,) = (output.models[TERNARY] for output in context.stage_outputs("train"))
    folder = context.model(source.name)
    tokenizer = TextTokenizer.from_json((folder / TOKENIZER).read_text(encoding="utf-8"))
    stream = prepare_text(context, config, tokenizer, read_config(folder))["held_out"]
    evaluate_model(context, config, {"input": folder, TERNARY: trained}, tokenizer, stream)
    copy = context.work / "published"
    copy.mkdir(parents=True, exist_ok=True)
    for file in (WEIGHTS, CONFIG, TOKENIZER):
        shutil.copyfile(trained / file, copy / file)
    parents = [Parent("quantised-from", model_id=source.model_id)]
    context.publish_model(TERNARY, TERNARY, copy, parents)


def input_model(context: PhaseContext) -> InputModel:
    """The one model to quantise; the base that its lineage may bring along is not meant.

    Raises:
        ForgeError(contract): there is none, or more than one.
    """
    given = list(context.input_models())
    meant = [model for model in given if model.role != "base"] or given
    if len(meant) != 1:
        raise ForgeError(
            "contract",
            f"Phase bitnet got {len(meant)} models to quantise"
            f" ({', '.join(m.name for m in meant) or 'none'}); expected one. Merge them in"
            " phase 2, or name one as the run's input.",
        )
    return meant[0]


def quantised(model: TinyTitan, config: BitnetConfig, folder: Path, seed: int) -> TinyTitan:
    """The same weights as masters of a ternary model, with the lineage of a child.

    Raises:
        ForgeError(contract): it is ternary already, or the settings leave nothing to quantise.
    """
    if model.config.quant.enabled:
        raise ForgeError("contract", "The input model is ternary already; expected full precision.")
    own = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    lineage = replace(
        model.config.lineage, base_hash=model.config.lineage.base_hash or own, parents=(own,),
        phase="bitnet", seed=seed,
    )  # fmt: skip
    child = TinyTitan(replace(model.config, lineage=lineage, quant=config.quant(model.config.quant)))
    child.load_state_dict(model.state_dict())
    if not any(True for _ in ternary_projections(child)):
        raise ForgeError(
            "validation",
            f"kept_fp {config.kept_fp} keeps every projection in floating point; expected to leave some.",
        )
    return child


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


def prepare_text(
    context: PhaseContext, config: BitnetConfig, tokenizer: TextTokenizer, model: ModelConfig
) -> dict[str, Tensor]:
    """Both sides of the corpus, split as the model says that it was split when it was trained."""
    every = model.lineage.held_out_every or config.held_out_every
    split = split_texts((document.text for document in context.corpus()), every)
    train_stream = encode_texts(tokenizer, split.train, config.train_tokens, context.seed)
    held_out = encode_texts(tokenizer, split.held_out, config.held_out_tokens, context.seed)
    require_tokens(train_stream, config.seq_len * config.batch_size + 1, "train")
    require_tokens(held_out, 2 * config.seq_len + 1, "held-out")
    return {"train": train_stream, "held_out": held_out}
