"""Counted work per token: what fitness may use for speed, because a count does not depend on the machine."""

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode, sdpa_flop_count

from agent_forge.models.titan import TinyTitan


def _attention_flops(query: torch.Size, key: torch.Size, value: torch.Size, *_: object, **__: object) -> int:
    return int(sdpa_flop_count(query, key, value))


# torch counts the fused attention of GPUs only; without this entry the CPU's costs nothing.
CPU_ATTENTION = {torch.ops.aten._scaled_dot_product_flash_attention_for_cpu: _attention_flops}


@torch.no_grad()
def flops_per_token(model: TinyTitan, tokens_BT: Tensor) -> float:
    """Floating-point operations of all matrix products in an inference pass, per token.

    Halted tokens are dropped from the work, so the mean number of ponder steps on these tokens is counted in.
    Gathering pads each row to the batch's longest, so rows of one batch share the cost of the slowest.

    Args:
        model: put into evaluation mode.
        tokens_BT: what to run; the count depends on the text where pondering does.
    """
    model.eval()
    with FlopCounterMode(display=False, custom_mapping=CPU_ATTENTION) as counter:
        model(tokens_BT, compact=True)
    return counter.get_total_flops() / tokens_BT.numel()
