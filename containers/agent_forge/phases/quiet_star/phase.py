"""Phase 3, Quiet-STaR: teach one model to think in hidden tokens, and find out whether that helped.

Stages: `train` (array of 2: the thinker, and a control that trains on the same text without thoughts) ->
`evaluate` (reduce).
"""

from torch import Tensor

from agent_forge.artifacts import publish_under
from agent_forge.data.packing import Sampler
from agent_forge.data.streams import streams_for
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.errors import ForgeError
from agent_forge.models.config import ModelConfig
from agent_forge.models.device import best_device
from agent_forge.models.folder import load_child, load_model, save_model
from agent_forge.models.thinking import with_thoughts
from agent_forge.phase import Parent, PhaseContext
from agent_forge.phases.quiet_star.config import QuietStarConfig
from agent_forge.phases.quiet_star.marks import first_marks, mark_ids, separator_of
from agent_forge.phases.quiet_star.report import evaluate_models
from agent_forge.stages import input_model, models_of, run_stage, share_of
from agent_forge.training.loop import Recipe, train
from agent_forge.training.objective import NextToken, Objective
from agent_forge.training.thought_objective import ThoughtObjective
from agent_forge.training.training_state import Training

THINKING, CONTROL = "thinking", "control"
ARMS = (THINKING, CONTROL)


def run(context: PhaseContext) -> None:
    """Do the work of one job of the stage that `context` names.

    Raises:
        ForgeError(validation): unknown stage, unusable settings or corpus.
        ForgeError(contract): the input is not one model that has no thoughts yet.
        ForgeError(numeric): the training diverged.
    """
    run_stage(context, "quiet-star", {"train": run_train, "evaluate": run_evaluate})


def run_train(context: PhaseContext) -> None:
    """Train this child's arm; both see the same rows in the same order, at the same rates."""
    config = QuietStarConfig.of(context.config)
    arm = share_of(context, ARMS)
    source = input_model(context, "quiet-star")
    folder = context.model(source.name)
    tokenizer = TextTokenizer.of(folder)
    model = load_child(folder, "quiet-star", context.seed)
    if model.config.thought.enabled:
        raise ForgeError("contract", "The input model thinks already; expected one without thought tokens.")
    stream = streams_of(context, config, tokenizer, model.config)["train"]
    tau = model.config.act.tau
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
        objective_of(arm, config, tau, context.seed),
    )  # fmt: skip
    train(context, training, sampler, recipe, f"training the {arm} arm")
    save_model(model, context.work / arm, tokenizer.json)
    parents = [Parent("continued-from", model_id=source.model_id)]
    context.publish_model(arm, arm, context.work / arm, parents)


def run_evaluate(context: PhaseContext) -> None:
    """Measure what thoughts are worth on held-out text, then publish the thinker under its final name."""
    config = QuietStarConfig.of(context.config)
    source = input_model(context, "quiet-star")
    folders = {"input": context.model(source.name), **models_of(context, "train", ARMS)}
    tokenizer = TextTokenizer.of(folders["input"])
    models = {name: load_model(folder, best_device()) for name, folder in folders.items()}
    stream = streams_of(context, config, tokenizer, models["input"].config)["held_out"]
    evaluate_models(context, config, models, tokenizer, stream)
    parents = [Parent("continued-from", model_id=source.model_id)]
    publish_under(context, THINKING, THINKING, folders[THINKING], parents)


def objective_of(arm: str, config: QuietStarConfig, tau: float, seed: int) -> Objective:
    """What the arm minimises; the ponder cost keeps the weight that the model was trained with."""
    if arm == CONTROL:
        return NextToken(lambda _: tau)
    return ThoughtObjective(
        seed=seed, samples=config.samples, policy_weight=config.policy_weight,
        quiet_weight=config.quiet_weight, reward_clip=config.reward_clip, tau=tau,
    )  # fmt: skip


def streams_of(
    context: PhaseContext, config: QuietStarConfig, tokenizer: TextTokenizer, model: ModelConfig
) -> dict[str, Tensor]:
    """Both sides of the corpus; two rows are the least that an interval can be drawn over."""
    return streams_for(model, tokenizer, context.corpus(), config, 2 * config.seq_len + 1, context.seed)
