"""Row 45: ONNX that reaches for other files or brings its own operators is refused before it is loaded."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import onnx
import pytest

from agent_forge.errors import ForgeError
from agent_forge.graphs.checks import check_files

NAMES = ["model.onnx", "model.onnx.data"]


@pytest.fixture
def folder(traced_toy: Path, tmp_path: Path) -> Path:
    """A copy of the toy's graph to spoil."""
    for name in NAMES:
        shutil.copyfile(traced_toy / "fp32" / name, tmp_path / name)
    return tmp_path


def refused(folder: Path, names: list[str] = NAMES) -> str:
    """The code that the files are refused with."""
    with pytest.raises(ForgeError) as caught:
        check_files(folder, names)
    assert caught.value.kind == "validation"
    return str((caught.value.detail or {})["code"])


def change(folder: Path, spoil: Callable[[onnx.ModelProto], None]) -> None:
    """Write the graph again, spoilt; its weights stay where they are."""
    model = onnx.load(str(folder / "model.onnx"), load_external_data=False)
    spoil(model)
    (folder / "model.onnx").write_bytes(model.SerializeToString())


def somewhere_else(location: str) -> Callable[[onnx.ModelProto], None]:
    def spoil(model: onnx.ModelProto) -> None:
        tensor = next(each for each in model.graph.initializer if each.external_data)
        next(each for each in tensor.external_data if each.key == "location").value = location

    return spoil


def test_the_files_of_an_export_are_taken(folder: Path) -> None:
    check_files(folder, NAMES)


@pytest.mark.parametrize(
    "location", ["a/../../etc/passwd", "../model.onnx.data", "/etc/passwd", "a\\..\\b", "other.data", ""]
)
def test_weights_that_lie_elsewhere_are_an_unsafe_path(folder: Path, location: str) -> None:
    change(folder, somewhere_else(location))
    assert refused(folder) == "unsafe_path"


def test_weights_of_a_loops_body_are_looked_at_as_well(folder: Path) -> None:
    def spoil(model: onnx.ModelProto) -> None:
        scan = next(node for node in model.graph.node if node.op_type == "Scan")
        body = next(each.g for each in scan.attribute if each.HasField("g"))
        tensor = body.initializer.add(name="stolen", data_location=onnx.TensorProto.EXTERNAL)
        tensor.external_data.add(key="location", value="/etc/shadow")

    change(folder, spoil)
    assert refused(folder) == "unsafe_path"


def test_a_symbolic_link_is_an_unsafe_path(folder: Path, tmp_path: Path) -> None:
    target = folder / "elsewhere"
    (folder / "model.onnx.data").rename(target)
    (folder / "model.onnx.data").symlink_to(target)
    assert refused(folder) == "unsafe_path"


def test_a_hard_link_is_an_unsafe_path(folder: Path) -> None:
    os.link(folder / "model.onnx.data", folder / "elsewhere")
    assert refused(folder) == "unsafe_path"


@pytest.mark.parametrize("name", ["../model.onnx", "a/model.onnx", "", "..", "a\\b", "/etc/passwd"])
def test_a_file_that_is_named_by_a_path_is_unsafe(folder: Path, name: str) -> None:
    assert refused(folder, [*NAMES, name]) == "unsafe_path"


def test_an_operator_of_a_foreign_domain_is_not_allowed(folder: Path) -> None:
    def spoil(model: onnx.ModelProto) -> None:
        model.graph.node[0].domain = "evil.custom"

    change(folder, spoil)
    assert refused(folder) == "op_not_allowed"


def test_a_function_of_the_graphs_own_is_not_allowed(folder: Path) -> None:
    change(folder, lambda model: model.functions.add(name="Mine", domain="com.microsoft") and None)
    assert refused(folder) == "op_not_allowed"


def test_a_file_that_is_missing_and_one_that_is_no_graph_are_told_apart(folder: Path) -> None:
    assert refused(folder, [*NAMES, "more.data"]) == "missing_file"
    assert refused(folder, ["model.onnx.data"]) == "missing_file"
    (folder / "model.onnx").write_bytes(b"\xff" * 40)
    assert refused(folder) == "graph_invalid"


def test_a_graph_that_holds_gigabytes_itself_is_no_graph(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent_forge.graphs.checks.MOST_GRAPH_BYTES", 1000)
    assert refused(folder) == "graph_invalid"
