"""Phase 1, Cognate: train a shared base, continue it as three variants, measure everything.

Stages: `base` (single) -> `variants` (array of 3) -> `evaluate` (reduce).
"""

import hashlib
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save
from torch import Tensor

from agent_forge.data.corpus import encode_texts, excerpts, require_tokens, split_texts
from agent_forge.data.packing import Sampler
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.errors import ForgeError
from agent_forge.models.config import ModelConfig
from agent_forge.models.device import best_device
from agent_forge.models.folder import CONFIG, TOKENIZER, WEIGHTS, load_model, save_model
from agent_forge.models.titan import TinyTitan
from agent_forge.phase import Parent, PhaseContext
from agent_forge.phases.cognate.config import CognateConfig
from agent_forge.phases.cognate.report import evaluate_models
from agent_forge.phases.cognate.variants import BASE, VARIANTS, Variant
from agent_forge.training.loop import Recipe, Training, train
from agent_forge.training.objective import NextToken
from agent_forge.training.schedule import ponder_weight

SAFETENSORS_TYPE = "application/vnd.safetensors"
OPTIMIZER, TOKENS = "optimizer", "tokens"


def run(context: PhaseContext) -> None:
    """Do the work of one job of the stage that `context` names.

    Raises:
        ForgeError(validation): unknown stage, unusable settings or corpus.
        ForgeError(numeric): the training diverged.
    """
    torch.set_num_threads(context.threads)
    stages = {"base": run_base, "variants": run_variant, "evaluate": run_evaluate}
    stage = stages.get(context.stage.name)
    if stage is None:
        raise ForgeError(
            "validation",
            f"Phase cognate has no stage {context.stage.name!r}; expected one of {', '.join(stages)}.",
        )
    stage(context)


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
    variant = variant_of(context)
    source = context.stage_outputs("base")[0]
    folder = source.models["base"]
    tokenizer = TextTokenizer.from_json((folder / TOKENIZER).read_text(encoding="utf-8"))
    streams = load_file(source.artifacts[TOKENS])
    base_hash = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    model = continued(load_model(folder), variant, config, base_hash).to(best_device())
    training = Training.begin(model, config.weight_decay)
    training.restore(load_file(source.artifacts[OPTIMIZER]))
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
    folders = {"base": source.models["base"]}
    for output in context.stage_outputs("variants"):
        folders.update(output.models)
    absent = [variant.name for variant in VARIANTS if variant.name not in folders]
    if absent:
        raise ForgeError(
            "contract", f"Stage variants left no model {absent}; expected {[v.name for v in VARIANTS]}."
        )
    evaluate_models(context, config, folders, load_file(source.artifacts[TOKENS]))
    for name in ("base", *(variant.name for variant in VARIANTS)):
        copy = context.work / "published" / name
        copy.mkdir(parents=True, exist_ok=True)
        for file in (WEIGHTS, CONFIG, TOKENIZER):
            shutil.copyfile(folders[name] / file, copy / file)
        parents = [] if name == "base" else [Parent("continued-from", name="base")]
        context.publish_model(name, "base" if name == "base" else "variant", copy, parents)


def prepare_text(context: PhaseContext, config: CognateConfig) -> tuple[TextTokenizer, dict[str, Tensor]]:
    """Split by document, train the tokenizer on the train side only, encode both sides."""
    split = split_texts((document.text for document in context.corpus()), config.held_out_every)
    tokenizer = TextTokenizer.train(
        excerpts(split.train, config.tokenizer_bytes, context.seed), config.vocab_size
    )
    train_stream = encode_texts(tokenizer, split.train, config.train_tokens, context.seed)
    held_out = encode_texts(tokenizer, split.held_out, config.held_out_tokens, context.seed)
    require_tokens(train_stream, config.seq_len * config.batch_size + 1, "train")
    require_tokens(held_out, 64, "held-out")
    return tokenizer, {"train": train_stream, "held_out": held_out}


def variant_of(context: PhaseContext) -> Variant:
    """The variant of this array child."""
    index = context.stage.index
    if index is None or not 0 <= index < len(VARIANTS):
        raise ForgeError(
            "validation", f"Stage variants got index {index}; expected 0 to {len(VARIANTS) - 1}."
        )
    return VARIANTS[index]


def continued(model: TinyTitan, variant: Variant, config: CognateConfig, base_hash: str) -> TinyTitan:
    """The base as a variant's first state: same tensors, its own write bias and lineage."""
    document = model.config.to_json()
    document["ltm"]["write_bias"] = variant.write_bias
    document["act"]["tau"] = variant.tau * config.ponder_tau
    document["lineage"] |= {"base_hash": base_hash, "parents": [base_hash]}
    result = TinyTitan(ModelConfig.from_json(document))
    result.load_state_dict(model.state_dict())
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


def publish_tensors(context: PhaseContext, name: str, tensors: dict[str, Tensor]) -> None:
    """Write a safetensors file and publish it."""
    path: Path = context.work / f"{name}.safetensors"
    path.write_bytes(save({key: tensor.contiguous() for key, tensor in tensors.items()}))
    context.publish_artifact(name, path, SAFETENSORS_TYPE)
