"""Phase 1, Cognate: train a shared base, continue it as three variants, measure everything.

Stages: `base` (single) -> `variants` (array of 3) -> `evaluate` (reduce).
"""

from dataclasses import replace

import torch
from torch import Tensor

from agent_forge.artifacts import publish_tensors, publish_under, read_tensors
from agent_forge.data.corpus import excerpts, split_texts
from agent_forge.data.packing import Sampler
from agent_forge.data.streams import encode_split
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.model_files import TOKENIZER
from agent_forge.models.device import best_device
from agent_forge.models.folder import load_child, save_model
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import Parent, PhaseContext
from agent_forge.phases.cognate.config import CognateConfig
from agent_forge.phases.cognate.report import evaluate_models
from agent_forge.phases.cognate.variants import BASE, VARIANTS, Variant
from agent_forge.stages import models_of, run_stage, share_of
from agent_forge.training.loop import Recipe, train
from agent_forge.training.objective import NextToken
from agent_forge.training.schedule import ponder_weight
from agent_forge.training.training_state import Training

OPTIMIZER, TOKENS = "optimizer", "tokens"
LEAST_HELD_OUT = 64  # tokens


def run(context: PhaseContext) -> None:
    """Do the work of one job of the stage that `context` names.

    Raises:
        ForgeError(validation): unknown stage, unusable settings or corpus.
        ForgeError(numeric): the training diverged.
    """
    stages = {"base": run_base, "variants": run_variant, "evaluate": run_evaluate}
    run_stage(context, "cognate", stages)


def run_base(context: PhaseContext) -> None:
    """Tokenizer, encoded text and the base; the optimizer's state goes along for the variants."""
    config = CognateConfig.of(context.config)
    tokenizer, streams = prepare_text(context, config)
    model = TinyTitan(config.model(tokenizer.hash, context.seed)).initialise(context.seed).to(best_device())
    training = Training.begin(model, config.weight_decay)
    sampler = sampler_of(streams["train"], tokenizer, config, context.seed, BASE)
    train(context, training, sampler, recipe_of(config, BASE, 0, config.base_steps), "training the base")
    folder = context.work / "base"
    save_model(model, folder, tokenizer.json)
    context.publish_model("base", "base", folder, [])
    context.publish_artifact("tokenizer", folder / TOKENIZER, "application/json")
    publish_tensors(context, TOKENS, streams)
    optimizer = {name: t for name, t in training.tensors().items() if name.startswith("optimizer.")}
    publish_tensors(context, OPTIMIZER, optimizer)


def run_variant(context: PhaseContext) -> None:
    """Continue the base's schedule with this child's mixture, ponder cost and write bias."""
    config = CognateConfig.of(context.config)
    variant = share_of(context, VARIANTS)
    source = context.stage_outputs("base")[0]
    folder = source.models["base"]
    tokenizer = TextTokenizer.of(folder)
    streams = read_tensors(source, TOKENS)
    model = continued(load_child(folder, "cognate", context.seed), variant, config).to(best_device())
    training = Training.begin(model, config.weight_decay)
    training.restore(read_tensors(source, OPTIMIZER))
    sampler = sampler_of(streams["train"], tokenizer, config, context.seed, variant)
    recipe = recipe_of(config, variant, config.base_steps, config.steps)
    train(context, training, sampler, recipe, f"training {variant.name}")
    save_model(model, context.work / variant.name, tokenizer.json)
    parents = [Parent("continued-from", name="base")]
    context.publish_model(variant.name, "variant", context.work / variant.name, parents)


def run_evaluate(context: PhaseContext) -> None:
    """Measure base, variants and their average, then publish the four models under their final names."""
    config = CognateConfig.of(context.config)
    source = context.stage_outputs("base")[0]
    variants = models_of(context, "variants", [variant.name for variant in VARIANTS])
    folders = {"base": source.models["base"], **variants}
    evaluate_models(context, config, folders, read_tensors(source, TOKENS))
    publish_under(context, "base", "base", folders["base"], [])
    for name, folder in variants.items():
        publish_under(context, name, "variant", folder, [Parent("continued-from", name="base")])


def prepare_text(context: PhaseContext, config: CognateConfig) -> tuple[TextTokenizer, dict[str, Tensor]]:
    """Split by document, train the tokenizer on the train side only, encode both sides."""
    split = split_texts((document.text for document in context.corpus()), config.held_out_every)
    tokenizer = TextTokenizer.train(
        excerpts(split.train, config.tokenizer_bytes, context.seed), config.vocab_size
    )
    return tokenizer, encode_split(tokenizer, split, config, LEAST_HELD_OUT, context.seed)


def continued(base: TinyTitan, variant: Variant, config: CognateConfig) -> TinyTitan:
    """The base's child as a variant's first state: same tensors, its own write bias and ponder cost."""
    ltm = replace(base.config.ltm, write_bias=variant.write_bias)
    act = replace(base.config.act, tau=variant.tau * config.ponder_tau)
    result = base.with_config(replace(base.config, ltm=ltm, act=act))
    if result.ltm is not None:
        with torch.no_grad():
            result.ltm.gates.bias[2] += variant.write_bias
    return result


def sampler_of(
    stream: Tensor, tokenizer: TextTokenizer, config: CognateConfig, seed: int, variant: Variant
) -> Sampler:
    """Batches of one training; all variants read the same text windows in the same order."""
    mixture = variant.mixture(config.synthetic_share)
    return Sampler(stream, tokenizer, config.seq_len, config.batch_size, seed, config.steps, mixture)


def recipe_of(config: CognateConfig, variant: Variant, first: int, last: int) -> Recipe:
    """The part of the schedule from `first` to `last`."""
    final = variant.tau * config.ponder_tau
    return Recipe(
        config.schedule, first, last, config.weight_decay, config.grad_clip, config.log_every,
        NextToken(lambda step: ponder_weight(final, step, config.steps)),
    )  # fmt: skip
