"""What every phase's stages do alike, on a context of folders."""

from pathlib import Path

import pytest
import torch

from agent_forge.artifacts import publish_json, publish_tensors, read_json, read_tensors
from agent_forge.errors import ForgeError
from agent_forge.phase import Stage
from agent_forge.stages import models_of, run_stage, share_of
from tests.phases.fake_context import FolderContext


def job(root: Path, name: str, index: int | None = None) -> FolderContext:
    return FolderContext(root, Stage(name, "single" if index is None else "array", 1, index), {})


def test_the_work_of_the_named_stage_is_done_and_no_other(tmp_path: Path) -> None:
    done: list[str] = []
    stages = {name: lambda _, name=name: done.append(name) for name in ("train", "evaluate")}
    run_stage(job(tmp_path, "evaluate"), "toy", stages)
    assert done == ["evaluate"]
    with pytest.raises(ForgeError, match="toy has no stage 'polish'; expected one of train, evaluate"):
        run_stage(job(tmp_path, "polish"), "toy", stages)


@pytest.mark.parametrize("index", [None, -1, 2])
def test_a_child_beyond_the_array_is_refused(tmp_path: Path, index: int | None) -> None:
    assert share_of(job(tmp_path, "train", 1), ("a", "b")) == "b"
    with pytest.raises(ForgeError, match=f"Stage train got index {index}; expected 0 to 1") as error:
        share_of(job(tmp_path, "train", index), ("a", "b"))
    assert error.value.kind == "validation"


def test_a_model_that_a_stage_left_out_is_named(tmp_path: Path) -> None:
    for index, name in enumerate(("memory", "adaptive")):
        (job(tmp_path, "train", index).output / "models" / name).mkdir(parents=True)
    context = job(tmp_path, "evaluate")
    assert list(models_of(context, "train", ["adaptive", "memory"])) == ["adaptive", "memory"]
    with pytest.raises(ForgeError, match=r"Stage train left no model \['reasoning'\]") as error:
        models_of(context, "train", ["memory", "reasoning"])
    assert error.value.kind == "contract"


def test_a_later_stage_reads_what_an_earlier_one_published(tmp_path: Path) -> None:
    context = job(tmp_path, "found")
    publish_json(context, "setup", {"b": 1, "a": [0.5]})
    publish_tensors(context, "probes", {"x": torch.arange(6).view(2, 3).T})
    (output,) = job(tmp_path, "select").stage_outputs("found")
    assert read_json(output, "setup") == {"a": [0.5], "b": 1}
    assert torch.equal(read_tensors(output, "probes")["x"], torch.tensor([[0, 3], [1, 4], [2, 5]]))
