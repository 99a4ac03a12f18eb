"""One bake: a prompt's effect on its own answers becomes a change of the weights."""

import copy
from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from agent_forge.data.packing import Sampler
from agent_forge.data.tokenizer import TextTokenizer
from agent_forge.models.low_rank import adapters_off, add_adapters
from agent_forge.models.titan import TinyTitan
from agent_forge.models.weight_delta import low_rank_delta, whole_delta
from agent_forge.phase import PhaseContext
from agent_forge.phases.baking.config import LOW_RANK, BakingConfig
from agent_forge.phases.baking.prompts import GUARD, Prompt, probes_of, training_inputs
from agent_forge.training.answers import Answers, Speaker, answer_all, distance, speaker
from agent_forge.training.loop import Recipe, train
from agent_forge.training.prompt_kl import PromptedBatches, PromptKL
from agent_forge.training.training_state import Training

Streams = dict[str, Tensor]


@dataclass(frozen=True)
class Lesson:
    """What a bake learns from: the teacher's answers to train on, and to decide when it is enough."""

    taught: Answers
    guard: Answers


def prepare(
    config: BakingConfig,
    model: TinyTitan,
    tokenizer: TextTokenizer,
    prompt: Prompt,
    streams: Streams,
    seed: int,
) -> Lesson:
    """Let the prompted model answer.

    Args:
        model: the frozen one, as it is before the bake.
        streams: `train` and `guard` text.
    """
    ids = tokenizer.encode(prompt.text)
    inputs = training_inputs(prompt, tokenizer, streams["train"], config, seed)
    probes, _ = probes_of(prompt, tokenizer, streams["guard"], config, GUARD)
    length, warmth = config.answer_tokens, config.temperature
    return Lesson(
        answer_all(model, ids, inputs, length, seed=seed, temperature=warmth),
        answer_all(model, ids, probes, length, seed=seed + 1, temperature=warmth),
    )


def bake(
    context: PhaseContext, config: BakingConfig, model: TinyTitan, tokenizer: TextTokenizer,
    lesson: Lesson, streams: Streams,
) -> dict[str, Tensor]:  # fmt: skip
    """Train `model`, in place, until it says unprompted what it says prompted; the delta.

    The teacher is the same network: with its adapters off, or a frozen copy where all weights are trained.
    """
    teacher = None
    if config.method == LOW_RANK:
        add_adapters(model, config.rank, config.alpha, context.seed)
        speak = _without_adapters(model)
    else:
        teacher = copy.deepcopy(model).eval().requires_grad_(False)
        speak = speaker(teacher)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    length, tau = lesson.taught.said_NT.shape[1] - 1, model.config.act.tau
    retained = Sampler(
        streams["train"], tokenizer, length, config.retain_rows, context.seed, config.steps, config.mixture
    )
    batches = PromptedBatches(
        lesson.taught, config.batch_size, context.seed, retained, config.retain_weight
    )  # fmt: skip
    recipe = Recipe(
        config.schedule, 0, config.steps, config.weight_decay, config.grad_clip, config.log_every,
        PromptKL(lambda _: tau, teacher), enough=_close_enough(config, model, speak, lesson.guard),
    )  # fmt: skip
    train(context, Training.begin(model, config.weight_decay), batches, recipe, "baking")
    return low_rank_delta(model) if config.method == LOW_RANK else whole_delta(before, model.state_dict())


def _without_adapters(model: TinyTitan) -> Speaker:
    def speak(tokens_NS: Tensor) -> Tensor:
        with adapters_off(model):
            return speaker(model)(tokens_NS)

    return speak


def _close_enough(
    config: BakingConfig, model: TinyTitan, teacher: Speaker, guard: Answers
) -> Callable[[int], bool]:
    """Ends a bake where held-out answers are near enough the prompted model's: fully, or half baked."""

    def measured() -> float:
        model.eval()
        found = float(distance(teacher, speaker(model), guard, config.eval_batch_size).kl_N.mean())
        model.train()
        return found

    first = float(distance(teacher, teacher, guard, config.eval_batch_size).kl_N.mean())
    bound = max(config.stop_kl, config.stop_share * first)
    return lambda step: bound > 0 and step % config.check_every == 0 and measured() <= bound
