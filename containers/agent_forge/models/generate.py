"""Generation, with and without thoughts: one sequence, one token after the other.

Legend: V vocabulary rows, D d_model.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from agent_forge.models.thinking import entropy, thought_of
from agent_forge.models.thought import forbid_marks, mark_rows, mixed_log_probs
from agent_forge.models.titan import TinyTitan, TitanOutput


@dataclass
class _Mind:
    """The branch that a thought has left; it hears the next tokens as the model says them."""

    output: TitanOutput
    left: int  # tokens it still has a say in


@torch.no_grad()
def generate(
    model: TinyTitan,
    prompt_T: Tensor,
    length: int,
    *,
    use_thoughts: bool,
    seed: int = 0,
    temperature: float = 1.0,
) -> Tensor:
    """The next `length` tokens.

    Args:
        prompt_T: int64 ids, at least one.
        use_thoughts: think where the config says and let each thought speak on `n_true` tokens. Without it
            the model's own distribution is used as it is, the marks left out.
        temperature: of the tokens that are said; 0 takes the likeliest. Thoughts have their own.

    Raises:
        ValueError: thoughts are asked of a model that has none.
    """  # fmt: skip
    if use_thoughts:
        thought_of(model)
    draw = _Draw(torch.Generator().manual_seed(seed))
    config = model.config.thought
    output, mind, said = model(prompt_T[None], compact=True), None, []
    for place in range(len(prompt_T) - 1, len(prompt_T) - 1 + length):
        logits_1V = output.logits_BTV[:, -1]
        if use_thoughts and _thinks(model, place, logits_1V):
            mind = _Mind(_think(model, output, draw), config.n_true)
        if mind is not None:
            logits_1V = _mixed(model, output, mind.output)
        token_1 = draw(forbid_marks(logits_1V, config), temperature)
        said.append(token_1)
        output = model.step(output.state, token_1)
        if mind is not None:
            mind.left -= 1
            mind = _Mind(model.step(mind.output.state, token_1), mind.left) if mind.left else None
    return torch.cat(said) if said else prompt_T[:0]


class _Draw:
    """Tokens from logits (1, V), by the Gumbel-max rule with noise from the CPU."""

    def __init__(self, generator: torch.Generator) -> None:
        self.generator = generator

    def __call__(self, logits_1V: Tensor, temperature: float) -> Tensor:
        if temperature == 0:
            return logits_1V.argmax(-1)
        noise = -torch.empty(logits_1V.shape).exponential_(generator=self.generator).log()
        return (logits_1V.float() / temperature + noise.to(logits_1V.device)).argmax(-1)


def _thinks(model: TinyTitan, place: int, logits_1V: Tensor) -> bool:
    config = model.config.thought
    if config.select == "every":
        return place % config.every == config.every - 1
    return float(entropy(logits_1V)) > config.threshold


def _think(model: TinyTitan, output: TitanOutput, draw: _Draw) -> TitanOutput:
    """Start, the thought, end, on a branch of the state; the text's own state stays as it is."""
    config = model.config.thought
    start_1, end_1 = (torch.full_like(output.steps_BT[:, -1], row) for row in mark_rows(config))
    branch = model.step(output.state, start_1)
    for _ in range(config.n_thought):
        token_1 = draw(forbid_marks(branch.logits_BTV[:, -1], config), config.temperature)
        branch = model.step(branch.state, token_1)
    return model.step(branch.state, end_1)


def _mixed(model: TinyTitan, output: TitanOutput, after: TitanOutput) -> Tensor:
    weight = thought_of(model).weight(output.hidden_BTD[:, -1], after.hidden_BTD[:, -1])
    return mixed_log_probs(output.logits_BTV[:, -1], after.logits_BTV[:, -1], weight)
