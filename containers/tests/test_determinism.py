"""Seeds, threads and random state."""

import json
import random

import numpy as np
import pytest
import torch

from agent_forge.determinism import capture_random_state, prepare_process, restore_random_state
from agent_forge.errors import ForgeError


def _draw() -> tuple[float, float, list[float]]:
    return random.gauss(0, 1), float(np.random.random()), torch.randn(3).tolist()


def test_the_same_seed_gives_the_same_numbers_in_every_generator() -> None:
    # when
    draws = []
    for seed in (7, 7, 8):
        prepare_process(seed, 1)
        draws.append(_draw())
    # then
    assert draws[0] == draws[1]
    assert all(one != other for one, other in zip(draws[0], draws[2], strict=True))


def test_the_largest_seed_is_accepted_and_torch_is_told_to_be_deterministic() -> None:
    prepare_process(2**53 - 1, 1)
    assert torch.initial_seed() == 2**53 - 1
    assert torch.are_deterministic_algorithms_enabled()
    assert torch.get_num_threads() == 1


def test_a_random_state_survives_json_and_goes_on_where_it_was() -> None:
    # given generators in mid-stream, one normal number of a pair already drawn
    prepare_process(1, 1)
    random.gauss(0, 1)
    torch.randn(5)
    document = json.loads(json.dumps(capture_random_state()))
    expected = random.gauss(0, 1), random.random(), torch.randn(4).tolist()
    # when
    prepare_process(2, 1)
    restore_random_state(document)
    # then
    assert (random.gauss(0, 1), random.random(), torch.randn(4).tolist()) == expected


@pytest.mark.parametrize(
    "change", [{"python": None}, {"torch": "!"}, {"torch": "QUJD"}, {"python": [3, [1], None]}]
)
def test_a_document_without_generator_states_is_corrupt(change: dict) -> None:
    with pytest.raises(ForgeError, match="cannot be restored") as caught:
        restore_random_state({**capture_random_state(), **change})
    assert caught.value.kind == "corrupt"
