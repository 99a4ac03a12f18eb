"""Counted work against the closed form."""

import pytest
import torch

from agent_forge.evaluation.flops import flops_per_token
from agent_forge.models.config import ActConfig, LtmConfig
from agent_forge.models.titan import TinyTitan
from tests.models.reference import pico_config

TOKENS = torch.randint(0, 64, (2, 12), generator=torch.Generator().manual_seed(1))


def model(halt_bias: float, **blocks: object) -> TinyTitan:
    titan = TinyTitan(pico_config(**blocks)).initialise(1)
    if titan.act is not None:
        with torch.no_grad():
            titan.act.halt.weight.zero_()
            titan.act.halt.bias.fill_(halt_bias)
    return titan


def test_a_plain_model_costs_two_operations_per_weight_and_its_attention() -> None:
    titan = model(0.0, act=ActConfig(enabled=False), ltm=LtmConfig(enabled=False))
    matrices = sum(p.numel() for p in titan.parameters() if p.dim() == 2)
    attention = 2 * 2 * 2 * 12 * 16  # two blocks, scores and mix, 12 keys, width 16
    assert flops_per_token(titan, TOKENS) == pytest.approx(2 * matrices + attention)


def test_each_ponder_step_costs_what_the_block_costs_without_its_keys_and_values() -> None:
    one, three = flops_per_token(model(20.0), TOKENS), flops_per_token(model(-20.0), TOKENS)
    per_step = (
        2 * (2 * 16 * 16 + 3 * 16 * 32 + 16) + 2 * 2 * 12 * 16
    )  # q, o, feed-forward, halting unit; attention
    assert three - one == pytest.approx(2 * per_step)
