"""Phase 3, Quiet-STaR: teach one model to think in hidden tokens, and find out whether that helped.

Stages: `train` (array of 2: the thinker, and a control that trains on the same text without thoughts) ->
`evaluate` (reduce).
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
from agent_forge.models.folder import CONFIG, TOKENIZER, WEIGHTS, load_model, save_model
from agent_forge.models.thinking import with_thoughts
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import InputModel, Parent, PhaseContext
from agent_forge.phases.quiet_star.config import QuietStarConfig
from agent_forge.phases.quiet_star.marks import first_marks, mark_ids, separator_of
from agent_forge.phases.quiet_star.report import evaluate_models
from agent_forge.training.loop import Recipe, Training, train
from agent_forge.training.objective import NextToken, Objective
from agent_forge.training.thought_objective import ThoughtObjective

THINKING, CONTROL = "thinking", "control"
ARMS = (THINKING, CONTROL)


def run(context: PhaseContext) -> None:
    """Do the work of one job of the stage that `context` names.

    Raises:
        ForgeError(validation): unknown stage, unusable settings or corpus.
        ForgeError(contract): the input is not one model that has no thoughts yet.
        ForgeError(numeric): the training diverged.
    """
    torch.set_num_threads(context.threads)
    stages = {"train": run_train, "evaluate": run_evaluate}
    stage = stages.get(context.stage.name)
    if stage is None:
        raise ForgeError(
            "validation",
            f"Phase quiet-star has no stage {context.stage.name!r}; expected one of {', '.join(stages)}.",
        )
    stage(context)


def run_train(context: PhaseContext) -> None:
    """Train this child's arm; both see the same rows in the same order, at the same rates."""
    config = QuietStarConfig.of(context.config)
    arm = arm_of(context)
    source = input_model(context)
    folder = context.model(source.name)
    tokenizer = TextTokenizer.from_json((folder / TOKENIZER).read_text(encoding="utf-8"))
    base = load_model(folder)
    stream = prepare_text(context, config, tokenizer, base.config)["train"]
    model = continued(base, context.seed, folder)
    if arm == THINKING:
        start_id, end_id = mark_ids(tokenizer)
        marks = first_marks(model, separator_of(tokenizer, stream), config.mark_noise, context.seed)
        model = with_thoughts(
            model, config.thought(start_id, end_id), marks, context.seed, config.first_weight
        )
    training = Training.begin(model.to(best_device()), config.weight_decay)
    sampler = Sampler(stream, tokenizer, config.seq_len, config.batch_size, context.seed, config.steps)
    recipe = Recipe(
        config.schedule, 0, config.steps, config.weight_decay, config.grad_clip, config.log_every,
        objective_of(arm, config, base.config.act.tau, context.seed),
    )  # fmt: skip
    train(context, training, sampler, recipe, f"training the {arm} arm")
    save_model(model, context.work / arm, tokenizer.json)
    parents = [Parent("continued-from", model_id=source.model_id)]
    context.publish_model(arm, arm, context.work / arm, parents)


def run_evaluate(context: PhaseContext) -> None:
    """Measure what thoughts are worth on held-out text, then publish the thinker under its final name."""
    config = QuietStarConfig.of(context.config)
    source = input_model(context)
    folders = {"input": context.model(source.name)}
    for output in context.stage_outputs("train"):
        folders.update(output.models)
    absent = [arm for arm in ARMS if arm not in folders]
    if absent:
        raise ForgeError("contract", f"Stage train left no model {absent}; expected {list(ARMS)}.")
    tokenizer = TextTokenizer.from_json((folders["input"] / TOKENIZER).read_text(encoding="utf-8"))
    models = {name: load_model(folder, best_device()) for name, folder in folders.items()}
    stream = prepare_text(context, config, tokenizer, models["input"].config)["held_out"]
    evaluate_models(context, config, models, tokenizer, stream)
    copy = context.work / "published"
    copy.mkdir(parents=True, exist_ok=True)
    for file in (WEIGHTS, CONFIG, TOKENIZER):
        shutil.copyfile(folders[THINKING] / file, copy / file)
    parents = [Parent("continued-from", model_id=source.model_id)]
    context.publish_model(THINKING, THINKING, copy, parents)


def input_model(context: PhaseContext) -> InputModel:
    """The one model to teach; the base that its lineage may bring along is not meant.

    Raises:
        ForgeError(contract): there is none, or more than one.
    """
    given = list(context.input_models())
    meant = [model for model in given if model.role != "base"] or given
    if len(meant) != 1:
        raise ForgeError(
            "contract",
            f"Phase quiet-star got {len(meant)} models to teach"
            f" ({', '.join(m.name for m in meant) or 'none'}); expected one. Merge them in"
            " phase 2, or name one as the run's input.",
        )
    return meant[0]


def arm_of(context: PhaseContext) -> str:
    """The arm of this array child."""
    index = context.stage.index
    if index is None or not 0 <= index < len(ARMS):
        raise ForgeError("validation", f"Stage train got index {index}; expected 0 to {len(ARMS) - 1}.")
    return ARMS[index]


def objective_of(arm: str, config: QuietStarConfig, tau: float, seed: int) -> Objective:
    """What the arm minimises; the ponder cost keeps the weight that the model was trained with."""
    if arm == CONTROL:
        return NextToken(lambda _: tau)
    return ThoughtObjective(
        seed=seed, samples=config.samples, policy_weight=config.policy_weight,
        quiet_weight=config.quiet_weight, reward_clip=config.reward_clip, tau=tau,
    )  # fmt: skip


def prepare_text(
    context: PhaseContext, config: QuietStarConfig, tokenizer: TextTokenizer, model: ModelConfig
) -> dict[str, Tensor]:
    """Both sides of the corpus, split as the model says that it was split when it was trained."""
    every = model.lineage.held_out_every or config.held_out_every
    split = split_texts((document.text for document in context.corpus()), every)
    train_stream = encode_texts(tokenizer, split.train, config.train_tokens, context.seed)
    held_out = encode_texts(tokenizer, split.held_out, config.held_out_tokens, context.seed)
    require_tokens(train_stream, config.seq_len * config.batch_size + 1, "train")
    require_tokens(held_out, 2 * config.seq_len + 1, "held-out")
    return {"train": train_stream, "held_out": held_out}


def continued(model: TinyTitan, seed: int, folder: Path) -> TinyTitan:
    """The model with the lineage of a child of itself.

    Raises:
        ForgeError(contract): it has thoughts already.
    """
    if model.config.thought.enabled:
        raise ForgeError("contract", "The input model thinks already; expected one without thought tokens.")
    own = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    base = model.config.lineage.base_hash or own
    lineage = replace(model.config.lineage, base_hash=base, parents=(own,), phase="quiet-star", seed=seed)
    child = TinyTitan(replace(model.config, lineage=lineage))
    child.load_state_dict(model.state_dict())
    return child
