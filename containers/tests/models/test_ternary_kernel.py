"""The compiled product, its portable twin and the torch fallback give the integers of a plain product."""

import ctypes
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from agent_forge.models import compiled_kernel
from agent_forge.models.compiled_kernel import compile_library, kernel_in_use, library_path, main
from agent_forge.models.packing import TWO_BIT, pack
from agent_forge.models.ternary import quantise_activations
from agent_forge.models.ternary_kernel import portable_product, ternary_forward, ternary_product

SHAPES = [(1, 1), (3, 5), (9, 127), (4, 128), (5, 130), (2, 128 * 16), (7, 128 * 31 + 77)]


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """Today's source compiled into a folder of its own; None on a machine without a compiler."""
    monkeypatch.setattr(compiled_kernel, "BUILD", tmp_path_factory.getbasetemp() / "kernels")
    compiled_kernel.load_library.cache_clear()
    path = compile_library()
    assert (path is None) == (not any(shutil.which(name) for name in compiled_kernel.COMPILERS))
    return path


@pytest.fixture(autouse=True)
def _forget_the_library() -> None:
    compiled_kernel.load_library.cache_clear()


def drawn(rows: int, columns: int, extreme: bool) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(rows * columns)
    codes = torch.randint(-1, 2, (rows, columns), generator=generator).to(torch.int8)
    values = torch.randint(-128, 128, (3, columns), generator=generator).to(torch.int8)
    if extreme:  # the largest sums there are: every 16-bit lane as full as it can get
        codes.fill_(1)
        values.fill_(-128)
    return codes, values


def plain_c_product(library: Path, packed: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """The C path of machines without AVX2, asked for on this one."""
    sums = torch.empty(values.shape[0], packed.shape[0], dtype=torch.int32)
    sizes = (ctypes.c_int64(size) for size in (packed.shape[0], values.shape[1], values.shape[0]))
    addresses = (ctypes.c_void_p(tensor.data_ptr()) for tensor in (packed, values, sums))
    ctypes.CDLL(str(library)).ternary_product(*addresses, *sizes, 1)
    return sums


@pytest.mark.parametrize("extreme", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_path_gives_the_integers_of_a_64_bit_product(
    shape: tuple[int, int], extreme: bool, compiled: Path | None
) -> None:
    codes, values = drawn(*shape, extreme)
    packed, exact = pack(codes, TWO_BIT), values.long() @ codes.long().t()
    assert torch.equal(ternary_product(packed, values, shape[1]).long(), exact)
    assert torch.equal(portable_product(packed, values, shape[1]).long(), exact)
    if compiled is not None:
        assert torch.equal(plain_c_product(compiled, packed, values).long(), exact)


def test_without_a_compiled_library_the_product_is_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(compiled_kernel, "BUILD", tmp_path)
    codes, values = drawn(5, 130, False)
    assert kernel_in_use() == "torch"
    assert torch.equal(
        ternary_product(pack(codes, TWO_BIT), values, 130).long(), values.long() @ codes.long().t()
    )


def test_another_source_has_another_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before, changed = library_path(), tmp_path / "ternary.c"
    changed.write_bytes(compiled_kernel.SOURCE.read_bytes() + b"\n")
    monkeypatch.setattr(compiled_kernel, "SOURCE", changed)
    assert library_path() != before


def test_a_source_that_does_not_compile_is_reported_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, compiled: Path | None
) -> None:
    monkeypatch.setattr(compiled_kernel, "BUILD", tmp_path / "kernels")
    broken = tmp_path / "ternary.c"
    broken.write_text("int f( {")
    monkeypatch.setattr(compiled_kernel, "SOURCE", broken)
    if compiled is None:
        assert compile_library() is None
        return
    with pytest.raises(RuntimeError, match="ended with 1"):
        compile_library()
    assert list((tmp_path / "kernels").iterdir()) == []


def test_a_machine_without_a_compiler_is_told_so_and_fails_only_where_the_library_is_required(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(compiled_kernel, "BUILD", tmp_path)
    monkeypatch.setenv("PATH", "")
    assert (main(required=False), main(required=True)) == (0, 1)
    assert capsys.readouterr().out == "no C compiler: packed models run in torch\n" * 2


def test_set_up_is_told_which_kernel_runs_or_why_none_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, compiled: Path | None, capsys: pytest.CaptureFixture[str]
) -> None:
    main(required=False)
    assert ("torch" in capsys.readouterr().out) == (compiled is None)
    broken = tmp_path / "ternary.c"
    broken.write_text("int f( {")
    monkeypatch.setattr(compiled_kernel, "SOURCE", broken)
    compiled_kernel.load_library.cache_clear()
    assert main(required=False) == 0
    assert capsys.readouterr().out.endswith("packed models run in torch\n")


def test_compiling_needs_nothing_but_python() -> None:
    program = "import sys, agent_forge.models.compiled_kernel; print('torch' in sys.modules)"
    folder = Path(__file__).resolve().parents[2]
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=True
    )
    assert told.stdout == "False\n"


def by_steps(codes: torch.Tensor, x: torch.Tensor, scale: float) -> torch.Tensor:
    values, token_scale = quantise_activations(x)
    return (values.long() @ codes.long().t()).float() * (torch.tensor(scale) / token_scale)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_projection_in_one_call_gives_the_bits_of_its_steps(
    shape: tuple[int, int], compiled: Path | None
) -> None:
    codes, _ = drawn(*shape, False)
    packed, scale = pack(codes, TWO_BIT), 0.0371
    x = (
        torch.randn(5, shape[1], generator=torch.Generator().manual_seed(3))
        * torch.tensor([1e-7, 0.03, 1.0, 40.0, 1e6])[:, None]
    )
    # Halves, which are rounded to even, and a token of nothing.
    halves = (torch.arange(shape[1]) % 255 - 127).float() / 2
    halves[0] = 127.0
    x = torch.cat([x, halves[None], torch.zeros(1, shape[1])])
    found = ternary_forward(packed, x, scale)
    assert (found is None) == (compiled is None)
    if found is not None:
        assert torch.equal(found, by_steps(codes, x, scale))


def test_other_types_than_float32_take_their_steps_one_by_one(compiled: Path | None) -> None:
    codes, _ = drawn(4, 128, False)
    assert ternary_forward(pack(codes, TWO_BIT), torch.ones(1, 128).bfloat16(), 1.0) is None
