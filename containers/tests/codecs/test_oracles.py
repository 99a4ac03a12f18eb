"""Every codec against a second way to the same answer: brute force over all codes, in plain numbers."""

import itertools
import math

import numpy as np
import pytest
import torch

from agent_forge.codecs.clusters import cluster, nearest
from agent_forge.codecs.codec import Target
from agent_forge.codecs.hyper import ORBITS
from agent_forge.codecs.lfsr import TAPS, bases, following, orbit
from agent_forge.codecs.registry import CODECS
from tests.codecs.shapes import curvature, drawn, encode, round_trip


@pytest.mark.parametrize("width", TAPS)
def test_the_register_meets_every_state_but_zero(width: int) -> None:
    states, places = orbit(width)
    assert sorted(states.tolist()) == list(range(1, 1 << width))
    assert all(int(states[places[state]]) == state for state in (1, 2, 3, (1 << width) - 1))


def test_the_register_is_the_one_that_files_were_written_with() -> None:
    # Each computed by hand: the bits that taps name, summed, enter at the top.
    assert [following(1, 8), following(0b1000_1110, 8)] == [0b1000_0000, 0b0100_0111]
    state, seen = 1, []
    for _ in range(8):
        state = following(state, 12)
        seen.append(state)
    assert seen == [2048, 1024, 512, 256, 2176, 1088, 544, 272]


def test_a_basis_begins_with_the_state_after_its_seed_row_by_row() -> None:
    drawn_CP = bases(torch.tensor([1]), 12, 4, 2)[0]
    expected = [(state - 2048) / 2047 for state in (2048, 1024, 512, 256, 2176, 1088, 544, 272)]
    assert drawn_CP.reshape(-1).tolist() == expected


@pytest.mark.parametrize(("bits", "group"), [(2, 5), (3, 64), (4, 8), (8, 32)])
def test_rounding_takes_the_nearest_of_all_levels(bits: int, group: int) -> None:
    weight = drawn(3, 21)
    family = CODECS["rtn"].encode([Target(weight)], {"bits": bits, "group": group})
    found = CODECS["rtn"].decode((3, 21), family.members[0].params, family.members[0].streams).reshape(-1)
    flat = weight.reshape(-1).tolist()
    for first in range(0, len(flat), group):
        part = flat[first : first + group]
        padded = [*part, 0.0] if len(part) < group else part
        low, high = min(0.0, *padded), max(0.0, *padded)
        scale = float(np.float16((high - low) / (2**bits - 1)))
        zero = round(-low / scale)
        levels = [(code - zero) * scale for code in range(2**bits)]
        for value, got in zip(part, found[first : first + group].tolist(), strict=True):
            # Where two levels are equally near, either will do.
            assert abs(got - value) <= min(abs(level - value) for level in levels) + 1e-7


def test_seeds_are_searched_as_well_as_by_trying_every_seed_and_every_rounding() -> None:
    # given all 255 seeds, three exponents around the exact one, all roundings up and down
    weight, block, rank = drawn(2, 8), 4, 2
    settings = {"seed_bits": 8, "block": block, "rank": rank}
    family = CODECS["seedlm"].encode([Target(weight)], settings)
    found = CODECS["seedlm"].decode((2, 8), family.members[0].params, family.members[0].streams)
    for part, got in zip(weight.reshape(-1, block).double(), found.reshape(-1, block).double(), strict=True):
        error, best = float((got - part).square().sum()), math.inf
        for seed in range(1, 256):
            u = bases(torch.tensor([seed]), 8, block, rank)[0]
            exact = torch.linalg.lstsq(u, part[:, None]).solution[:, 0]
            top = math.ceil(math.log2(float(exact.abs().max()) / 7))
            for exponent in (top, top - 1):
                scaled = (exact / 2.0**exponent).clamp(-8, 7)
                for corner in itertools.product(*[(math.floor(x), math.ceil(x)) for x in scaled.tolist()]):
                    made = u @ torch.tensor(corner, dtype=torch.float64) * 2.0**exponent
                    best = min(best, float((made - part).square().sum()))
        # Rounding both ways is what the search leaves out, and a finalist may be missed.
        assert best - 1e-9 <= error <= 2.0 * best + 0.01 * float(part.square().sum())


def test_a_pair_takes_the_nearest_point_of_its_class() -> None:
    weight = drawn(6, 6)
    family = encode("hyper-u64", weight)
    frame = np.frombuffer(family.members[0].streams["frame"], "<f4").astype(float)
    centre, sides = frame[:2], frame[2:]
    steps = [float(step) for step in ORBITS["paper"]]
    assert steps == pytest.approx([1 / (math.pi + 1), 1 / (math.pi + 2)], abs=1e-15)
    found = round_trip("hyper-u64", weight).reshape(-1, 2)
    for pair, got in zip(weight.reshape(-1, 2).tolist(), found.tolist(), strict=True):
        size = 2 * max(abs(pair[0] - centre[0]), abs(pair[1] - centre[1]))
        side = min(each for each in sides if each >= size)
        points = [
            [((theta * step) % 1 - 0.5) * side + middle for step, middle in zip(steps, centre, strict=True)]
            for theta in range(64)
        ]
        assert math.dist(got, pair) <= min(math.dist(point, pair) for point in points) + 1e-6


def test_the_nearest_centroid_is_found_under_weights_of_coordinates() -> None:
    vectors, weights, centroids = (
        drawn(30, 3).double(),
        drawn(30, 3, seed=1).double().abs(),
        drawn(9, 3).double(),
    )
    expected = [
        min(range(9), key=lambda k: float((weights[n] * (vectors[n] - centroids[k]).square()).sum()))
        for n in range(30)
    ]
    assert nearest(vectors, weights, centroids).tolist() == expected


def test_clusters_that_are_there_are_found() -> None:
    middles = torch.tensor([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]]).double()
    points = middles.repeat(40, 1) + drawn(120, 2).double()
    found = cluster(points, torch.ones_like(points), 3, seed=1)
    for middle in middles:
        assert float((found - middle).norm(dim=1).min()) < 0.05


def test_errors_are_passed_on_as_the_inverse_of_h_says() -> None:
    # given the rule in its first form: after every column the inverse of H without that column is taken again
    weight, hessian = drawn(8, 6), curvature(6)
    family = encode("vptq-v2k16", weight, hessian=hessian)
    streams = family.members[0].streams
    book = np.frombuffer(family.shared["codebook"], "<f2").astype(float).reshape(-1, 2)
    norms = np.frombuffer(streams["norms"], "<f2").astype(float)
    damped = hessian.numpy() + 0.01 * hessian.diagonal().mean().item() * np.eye(6)
    left = weight.double().numpy() / norms[:, None]
    expected = np.zeros_like(left)
    for column in range(6):
        for band in range(0, 8, 2):
            pair, cost = left[band : band + 2, column], norms[band : band + 2] ** 2
            expected[band : band + 2, column] = min(book, key=lambda c: float((cost * (pair - c) ** 2).sum()))
        inverse = np.linalg.inv(damped[column:, column:])
        error = (left[:, column] - expected[:, column]) / inverse[0, 0]
        left[:, column:] -= np.outer(error, inverse[0])
    found = round_trip("vptq-v2k16", weight, hessian)
    np.testing.assert_allclose(found.numpy(), expected * norms[:, None], atol=1e-6)
