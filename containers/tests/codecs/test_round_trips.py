"""Every codec on ordinary tensors and at the edges: exact sizes, the same bits, errors in bounds."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from agent_forge.codecs.bits import pack_bits, packed_size, unpack_bits
from agent_forge.codecs.container import decode_container
from agent_forge.codecs.registry import CANDIDATES, CODECS
from tests.codecs.shapes import EDGES, QUICK, curvature, decode, drawn, encode, relative_error, round_trip

GOLDEN = Path(__file__).parent / "golden"
# Most relative squared error on normal weights; each is about a tenth above what was measured.
BOUNDS = {
    "raw32": 0.0, "raw16": 1e-7, "rtn8-g64": 5e-5, "rtn4-g64": 0.0095, "rtn3-g64": 0.045, "rtn2-g64": 0.25,
    "rtn4-g32": 0.0075, "vptq-v2k256": 0.02, "vptq-v2k64": 0.05, "vptq-v2k16": 0.14, "vptq-v4k256": 0.13,
    "seedlm-k10c8p3": 0.06, "seedlm-k10c12p4": 0.145, "seedlm-k12c8p4": 0.02, "hyper-u64": 0.03,
    "hyper-u256": 0.0075, "hyper-u1024": 0.002, "hyper-golden-u256": 0.0065,
}  # fmt: skip


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.parametrize("edge", EDGES)
def test_a_tensor_at_the_edge_comes_back_in_its_shape_from_as_many_bytes_as_were_said(
    name: str, edge: str
) -> None:
    # given
    weight, codec = EDGES[edge], CODECS[CANDIDATES[name].codec]
    # when
    family = encode(name, weight)
    (member,) = family.members
    found = decode(name, weight, member, family)
    # then
    own, shared = codec.sizes(tuple(weight.shape), json.loads(json.dumps(member.params)))
    assert own == {key: len(data) for key, data in member.streams.items()}
    assert shared == {key: len(data) for key, data in family.shared.items()}
    assert found.shape == weight.shape
    assert found.dtype == torch.float32
    assert bool(found.isfinite().all())
    if not weight.any():
        assert not found.any()
    elif edge != "tiny":  # below what a half can scale
        assert relative_error(found, weight) < 0.6


@pytest.mark.parametrize("name", BOUNDS)
def test_normal_weights_come_back_as_near_as_the_format_allows(name: str) -> None:
    weight = drawn(128, 64)
    assert relative_error(round_trip(name, weight), weight) <= BOUNDS[name]


@pytest.mark.parametrize("name", QUICK)
def test_the_same_tensors_give_the_same_bytes(name: str) -> None:
    first, second = (encode(name, drawn(24, 24), drawn(12, 24, seed=1)) for _ in range(2))
    assert first == second


def test_exact_formats_are_exact() -> None:
    weight = drawn(9, 7)
    assert torch.equal(round_trip("raw32", weight), weight)
    assert torch.equal(round_trip("raw16", weight), weight.half().float())
    codes = torch.randint(-1, 2, (9, 7), generator=torch.Generator().manual_seed(1)).float() * 0.037
    assert torch.equal(round_trip("ternary", codes), codes)
    assert torch.equal(round_trip("ternary", torch.zeros(3, 3)), torch.zeros(3, 3))


def test_a_residual_codebook_and_a_calibrated_one_each_lessen_the_error() -> None:
    weight, hessian = drawn(128, 64), curvature(64)

    def cost(found: torch.Tensor) -> float:
        error = (found - weight).double()
        return float(((error @ hessian) * error).sum())

    plain, calibrated = round_trip("vptq-v4k256", weight), round_trip("vptq-v4k256", weight, hessian)
    assert cost(calibrated) < 0.8 * cost(plain)
    assert relative_error(round_trip("vptq-v4k256r16", weight), weight) < 0.7 * relative_error(plain, weight)


def test_tensors_of_a_type_share_one_codebook() -> None:
    family = encode("vptq-v4k256", drawn(64, 32), drawn(64, 32, seed=1))
    assert [set(member.streams) for member in family.members] == [{"norms", "indices"}] * 2
    assert len(family.shared["codebook"]) == 2 * 4 * 256


@pytest.mark.parametrize(
    ("name", "weight", "message"),
    [
        ("raw16", torch.tensor([[1e6]]), "65504"),
        ("rtn4-g64", torch.tensor([[float("nan")]]), "NaN"),
        ("rtn2-g64", torch.tensor([[1e9]]), "65504"),
        ("seedlm-k10c8p3", torch.tensor([[float("inf")]]), "NaN or infinity"),
        ("hyper-u64", torch.tensor([[float("nan")]]), "NaN"),
        ("vptq-v2k16", torch.tensor([[1e9]]), "65504"),
        ("ternary", torch.tensor([[0.5, 1.0]]), "more than one magnitude"),
    ],
)
def test_what_a_format_cannot_hold_is_refused(name: str, weight: torch.Tensor, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        encode(name, weight)


@pytest.mark.parametrize("width", [1, 3, 4, 7, 8, 12, 16, 20])
def test_numbers_of_any_width_come_back_from_as_few_bytes_as_they_take(width: int) -> None:
    values = torch.randint(1 << width, (37,), generator=torch.Generator().manual_seed(width))
    data = pack_bits(values, width)
    assert len(data) == packed_size(37, width) == -(-37 * width // 8)
    assert torch.equal(unpack_bits(data, 37, width), values)
    digits = "".join(format(value, f"0{width}b") for value in values.tolist()).ljust(8 * len(data), "0")
    assert data == int(digits, 2).to_bytes(len(data), "big")


def digests(data: bytes) -> dict[str, str]:
    tensors = decode_container(data).tensors
    return {name: hashlib.sha256(t.numpy().tobytes()).hexdigest() for name, t in tensors.items()}


def test_a_file_of_every_codec_decodes_to_the_bits_that_it_was_made_with() -> None:
    expected = json.loads((GOLDEN / "expected.json").read_text(encoding="utf-8"))
    assert digests((GOLDEN / "every-codec.forge").read_bytes()) == expected
    assert {name.partition(":")[0] for name in expected} == set(CODECS)


@pytest.mark.parametrize("threads", [1, 3])
def test_a_fresh_process_with_any_number_of_threads_decodes_the_same_bits(threads: int) -> None:
    code = (
        f"import json, sys, torch; torch.set_num_threads({threads});"
        "from tests.codecs.test_round_trips import *;"
        "print(json.dumps(digests((GOLDEN / 'every-codec.forge').read_bytes())))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=GOLDEN.parents[2], capture_output=True, check=True, text=True
    )
    assert json.loads(done.stdout) == json.loads((GOLDEN / "expected.json").read_text(encoding="utf-8"))
