"""How fast models decode beside each other: one token at a time, in turns, one thread."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from agent_forge.evaluation.timing import Times, timed_in_turns
from agent_forge.models.titan import TinyTitan

PROMPT = 32  # tokens that were read before the one that is timed


@torch.no_grad()
def decode_times(models: Mapping[str, TinyTitan], tokens_T: Tensor, repeats: int) -> dict[str, Times]:
    """Milliseconds of a decoding step of each model after the same prompt.

    Args:
        models: on the CPU.
        tokens_T: at least PROMPT + 1 token ids.
    """
    return timed_in_turns({name: _step(model, tokens_T) for name, model in models.items()}, repeats=repeats)


def _step(model: TinyTitan, tokens_T: Tensor) -> Callable[[], object]:
    state = model(tokens_T[None, :PROMPT], compact=True).state
    token_1 = tokens_T[PROMPT : PROMPT + 1]

    @torch.no_grad()
    def step() -> object:
        return model.step(state, token_1)

    return step
