"""The largest magnitudes, exactly, whatever the sample says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from agent_forge.merging import selection
from agent_forge.merging.selection import largest


def kept(values: NDArray[np.float32], count: int) -> NDArray[np.bool_]:
    def read(start: int, stop: int) -> NDArray[np.float32]:
        return values[start:stop].copy()

    cut = largest(read, len(values), count)
    step = 1000
    parts = [cut.keeps(values[at : at + step], at) for at in range(0, len(values), step)]
    return np.concatenate(parts)


def expected(values: NDArray[np.float32], count: int) -> NDArray[np.bool_]:
    mask = np.zeros(len(values), dtype=bool)
    mask[np.argsort(-values, kind="stable")[:count]] = True
    return mask


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0, 3.0]), min_size=1, max_size=60),
    st.integers(min_value=0, max_value=60),
)
def test_of_equal_magnitudes_the_first_are_kept(numbers: list[float], count: int) -> None:
    values = np.array(numbers, dtype=np.float32)
    count = min(count, len(values))
    np.testing.assert_array_equal(kept(values, count), expected(values, count))


LARGE = 90_000


@pytest.mark.parametrize("count", [1, LARGE // 5, LARGE // 2, LARGE - 1, LARGE])
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("normal", np.abs(np.random.default_rng(1).normal(size=LARGE))),
        ("few different", np.random.default_rng(2).integers(0, 5, LARGE)),
        ("rising", np.arange(LARGE)),
        ("mostly zero", np.where(np.arange(LARGE) % 997 == 0, np.arange(LARGE), 0)),
        ("hidden from the sample", np.where(np.arange(LARGE) % 900 < 500, 1.0, np.arange(LARGE) + 2.0)),
    ],
)
def test_a_large_tensor_is_cut_exactly_with_and_without_a_good_sample(
    kind: str, values: NDArray[np.float64], count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "SMALL", 1000)
    monkeypatch.setattr(selection, "CHUNKS", 16)
    monkeypatch.setattr(selection, "BLOCK", 4096)
    wide = values.astype(np.float32)
    np.testing.assert_array_equal(kept(wide, count), expected(wide, count), err_msg=kind)
