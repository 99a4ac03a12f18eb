"""Phase 6, baking: what a prompt does becomes a change of the weights; the prompt is not needed any more.

Stages: again and again `bake` (single) -> `test` (reduce), a round for every bake -> `evaluate` (reduce).
"""

import shutil

from torch import Tensor

from agent_forge.artifacts import publish_json, publish_tensors, publish_under
from agent_forge.data.streams import streams_for
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.models.config import ModelConfig
from agent_forge.models.folder import load_child, read_config, save_model
from agent_forge.models.weight_delta import add_delta
from agent_forge.phase import Parent, PhaseContext
from agent_forge.phases.baking.bake import bake, prepare
from agent_forge.phases.baking.config import BakingConfig
from agent_forge.phases.baking.oven import CARD, VECTOR, publish_oven, read_fresh, read_oven
from agent_forge.phases.baking.prompts import prompts_of
from agent_forge.phases.baking.report import evaluate_bakes
from agent_forge.phases.baking.retest import retest
from agent_forge.phases.baking.vector_card import vector_card
from agent_forge.stages import input_model, run_stage
from agent_forge.training.baked_answers import BAKED_ANSWERS

BAKED, UNBAKED = "baked", "unbaked"


def run(context: PhaseContext) -> None:
    """Do the work of one job of the stage that `context` names.

    Raises:
        ForgeError(validation): unknown stage, unusable settings or corpus.
        ForgeError(contract): the input is not one model.
        ForgeError(numeric): the training diverged.
    """
    run_stage(context, "baking", {"bake": run_bake, "test": run_test, "evaluate": run_evaluate})


def run_bake(context: PhaseContext) -> None:
    """Bake the prompt of this round into the model as the rounds before left it; publish the change alone."""
    config, oven = BakingConfig.of(context.config), read_oven(context, "test")
    source = input_model(context, "baking")
    folder = context.model(source.name)
    assert oven.next is not None
    prompt = prompts_of(config)[oven.next.prompt]
    tokenizer = TextTokenizer.of(folder)
    streams = streams_of(context, config, tokenizer, read_config(folder))
    model = oven.model(folder, len(oven.done), config.strength)
    lesson = prepare(config, model, tokenizer, prompt, streams, context.seed + oven.next.round)
    delta = bake(context, config, model, tokenizer, lesson, streams)
    publish_tensors(context, VECTOR, delta)
    publish_json(context, CARD, vector_card(context, config, oven, prompt, source.model_id, folder))


def run_test(context: PhaseContext) -> None:
    """Measure every prompt baked so far again, and ask for the next bake unless this was the last."""
    config = BakingConfig.of(context.config)
    oven = read_oven(context, "test").with_fresh(read_fresh(context))
    folder = context.model(input_model(context, "baking").name)
    tokenizer = TextTokenizer.of(folder)
    streams = streams_of(context, config, tokenizer, read_config(folder))
    tested = retest(context, config, oven, folder, tokenizer, streams["guard"])
    publish_oven(context, tested)
    if tested.next is not None:
        context.ask_again()


def run_evaluate(context: PhaseContext) -> None:
    """Measure on probes that decided nothing; publish the baked model, or the input where a gate fails."""
    config, oven = BakingConfig.of(context.config), read_oven(context, "test")
    source = input_model(context, "baking")
    folder = context.model(source.name)
    tokenizer = TextTokenizer.of(folder)
    streams = streams_of(context, config, tokenizer, read_config(folder))
    accepted = evaluate_bakes(context, config, oven, folder, tokenizer, streams)
    publish_oven(context, oven)
    if not accepted:
        parents = [Parent("continued-from", model_id=source.model_id)]
        publish_under(context, UNBAKED, UNBAKED, folder, parents)
        return
    model = load_child(folder, "baking", context.seed)
    for delta in oven.deltas():
        add_delta(model, delta, config.strength)
    save_model(model, context.work / BAKED, tokenizer.json)
    shutil.copyfile(context.work / BAKED_ANSWERS, context.work / BAKED / BAKED_ANSWERS)
    parents = [Parent("baked-from", model_id=source.model_id)]
    context.publish_model(BAKED, BAKED, context.work / BAKED, parents)


def streams_of(
    context: PhaseContext, config: BakingConfig, tokenizer: TextTokenizer, model: ModelConfig
) -> dict[str, Tensor]:
    """The train side, and the held-out side as a whole and in halves: `guard` decides, `report` does not."""
    least = 4 * max(config.seq_len, config.input_tokens + config.answer_tokens) + 2
    streams = streams_for(model, tokenizer, context.corpus(), config, least, context.seed)
    held_out, half = streams["held_out"], len(streams["held_out"]) // 2
    return {**streams, "guard": held_out[:half], "report": held_out[half:]}
