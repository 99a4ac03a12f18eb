"""Packed codes come back exactly, byte by byte where the layout says, and damage is refused."""

import pytest
import torch

from agent_forge.models.packing import BASE3, TWO_BIT, pack, packed_bytes, row_bytes, unpack

SHAPES = [(1, 1), (2, 3), (9, 4), (3, 127), (3, 128), (3, 129), (5, 256), (7, 386), (4, 2752)]


def codes_of(rows: int, columns: int) -> torch.Tensor:
    drawn = torch.randint(-1, 2, (rows, columns), generator=torch.Generator().manual_seed(rows * columns))
    return drawn.to(torch.int8)


@pytest.mark.parametrize("packing", [TWO_BIT, BASE3])
@pytest.mark.parametrize("shape", [*SHAPES, *((rows, 5) for rows in range(1, 10))])
def test_what_was_packed_comes_back_exactly_and_leaves_its_input_alone(packing: str, shape: tuple) -> None:
    codes = codes_of(*shape)
    before = codes.clone()
    packed = pack(codes, packing)
    assert packed.dtype is torch.uint8
    assert packed.numel() == packed_bytes(shape, packing)
    assert torch.equal(unpack(packed, shape, packing), codes)
    assert torch.equal(codes, before)


def test_two_bit_bytes_lie_where_the_layout_says() -> None:
    codes = codes_of(2, 128 + 6)
    packed = pack(codes, TWO_BIT)
    assert packed.shape[1] == row_bytes(134) == 34
    for row in range(2):
        for weight in range(128):
            digit = int(packed[row, weight % 32]) >> 2 * (weight // 32) & 3
            assert digit == int(codes[row, weight]) + 1
        for weight in range(6):  # a tail of six weights has a stride of two bytes
            digit = int(packed[row, 32 + weight % 2]) >> 2 * (weight // 2) & 3
            assert digit == int(codes[row, 128 + weight]) + 1


def test_base_3_holds_five_weights_a_byte_the_first_in_front() -> None:
    codes = torch.tensor([[1, 0, -1, 1, 1, -1]], dtype=torch.int8)
    # digits 2 1 0 2 2 | 0, padded with zeros
    assert pack(codes, BASE3).tolist() == [2 * 81 + 1 * 27 + 0 * 9 + 2 * 3 + 2, 0]


@pytest.mark.parametrize("packing", [TWO_BIT, BASE3])
def test_other_values_than_codes_are_refused(packing: str) -> None:
    with pytest.raises(ValueError, match="codes reach 2; expected -1, 0 and 1"):
        pack(torch.tensor([[0, 2]], dtype=torch.int8), packing)


@pytest.mark.parametrize(
    ("packing", "bad", "says"),
    [
        (TWO_BIT, torch.full((2, 1), 255, dtype=torch.uint8), "digit above 2"),
        (TWO_BIT, torch.zeros(2, 9, dtype=torch.uint8), "expected \\(2, 1\\)"),
        (BASE3, torch.full((2,), 243, dtype=torch.uint8), "end at 242"),
        (BASE3, torch.zeros(3, dtype=torch.uint8), "expected \\(2,\\)"),
        ("zip", torch.zeros(3, dtype=torch.uint8), "expected one of two-bit, base-3"),
    ],
)
def test_damaged_bytes_and_wrong_shapes_are_refused(packing: str, bad: torch.Tensor, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        unpack(bad, (2, 4), packing)
