"""A whole job in several processes: one result, one exit code, stopped and resumed as one."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from agent_forge.errors import ForgeError
from agent_forge.rank_launcher import count_ranks
from agent_forge.registry import PHASES
from tests.support.job_room import Finished, JobRoom, finished, run_here
from tests.support.rank_pair import run_each
from tests.test_cognate_jobs import TINY, _documents
from tests.training.test_shared_training import distance

STEPS = 60  # many enough that a signal arrives before the last
BASE_STEPS = STEPS // 2
SETTINGS = {**TINY, "batch_size": 4, "steps": STEPS}
PACKAGE_ROOT = Path(__file__).resolve().parents[1]


def base_task(room: JobRoom) -> str:
    return room.task(config=SETTINGS, inputs=[room.corpus_input(_documents())])


def weights(room: JobRoom) -> dict[str, torch.Tensor]:
    """Tensors of the published base."""
    (model,) = room.result()["models"]
    (file,) = (each for each in model["files"] if each["path"] == "model.safetensors")
    return load_file(room.path("blobs/sha256/") / file["sha256"][:2] / file["sha256"])


def run_pair(room: JobRoom, task: str, **changes: str) -> list[Finished]:
    """The job in two forked children, as torchrun starts it."""
    return run_each(
        lambda own: run_here(task, room.environment(**own, **changes), PHASES), 2, room.root / "pair"
    )


def stopped_by_sigterm(room: JobRoom, task: str) -> Finished:
    """The job under `run --ranks 2`, which is told to stop when it has trained a few steps."""
    folder = room.root / "launcher"
    folder.mkdir()
    command = [sys.executable, "-m", "agent_forge", "run", "--task", task, "--ranks", "2"]
    with (folder / "stdout").open("w") as out, (folder / "stderr").open("w") as err:
        job = subprocess.Popen(
            command,
            cwd=PACKAGE_ROOT,
            env=room.environment(CUDA_VISIBLE_DEVICES=""),
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        give_up = time.monotonic() + 120
        while "training_metrics" not in (folder / "stdout").read_text() and job.poll() is None:
            assert time.monotonic() < give_up, (folder / "stderr").read_text()
            time.sleep(0.02)
        os.killpg(job.pid, signal.SIGTERM)
        return finished(job.wait(timeout=60), folder)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> tuple[JobRoom, list[Finished]]:
    """A room in which two processes have shared the job from its first step to its last."""
    room = JobRoom(tmp_path_factory.mktemp("shared"))
    return room, run_pair(room, base_task(room))


def test_the_first_process_alone_writes_events_and_the_result(shared: tuple[JobRoom, list[Finished]]) -> None:
    room, (first, second) = shared
    assert (first.code, second.code) == (0, 0), first.stderr + second.stderr
    assert room.result()["success"]
    assert first.types().count("training_metrics") == BASE_STEPS
    assert second.events == []


def test_its_model_is_that_of_one_process(shared: tuple[JobRoom, list[Finished]], room: JobRoom) -> None:
    alone = room.run(base_task(room), PHASES)
    assert alone.code == 0, alone.stderr
    found, expected = weights(shared[0]), weights(room)
    assert distance(found, expected) < 1e-4  # Adam grows what rounding differs by


def test_sigterm_to_all_checkpoints_and_ends_in_75_and_the_next_attempt_ends_as_if_nothing_had_been(
    shared: tuple[JobRoom, list[Finished]], room: JobRoom
) -> None:
    # when
    task = base_task(room)
    stopped = stopped_by_sigterm(room, task)
    # then
    assert stopped.code == 75, stopped.stderr
    assert stopped.types().count("CheckpointSaved") == 1
    # when
    first, second = run_pair(room, task, AWS_BATCH_JOB_ATTEMPT="2")
    # then
    assert (first.code, second.code) == (0, 0), first.stderr + second.stderr
    assert 0 < first.types().count("training_metrics") < BASE_STEPS
    whole, parts = weights(shared[0]), weights(room)
    assert [name for name in whole if not torch.equal(whole[name], parts[name])] == []


@pytest.mark.parametrize(
    ("wanted", "variables", "ranks"),
    [
        ("3", {}, 3),
        ("gpu", {"CUDA_VISIBLE_DEVICES": ""}, 1),
        ("gpu", {"CUDA_VISIBLE_DEVICES": "2,GPU-5a"}, 2),
        ("gpu", {"CUDA_VISIBLE_DEVICES": "0,1", "RANK": "1"}, 1),
    ],
)
def test_as_many_processes_are_started_as_asked_or_as_there_are_gpus(
    wanted: str, variables: dict[str, str], ranks: int
) -> None:
    assert count_ranks(wanted, variables) == ranks


@pytest.mark.parametrize(
    ("wanted", "variables", "said"),
    [("0", {}, "'0'"), ("two", {}, "'two'"), ("2", {"RANK": "0"}, "under torchrun")],
)
def test_a_number_of_processes_that_makes_no_sense_is_refused(
    wanted: str, variables: dict[str, str], said: str
) -> None:
    with pytest.raises(ForgeError, match=said) as caught:
        count_ranks(wanted, variables)
    assert caught.value.kind == "validation"


@pytest.mark.parametrize(
    "variables",
    [
        {"RANK": "2", "WORLD_SIZE": "2"},
        {"RANK": "0", "WORLD_SIZE": "4", "LOCAL_WORLD_SIZE": "2"},
        {"RANK": "0", "WORLD_SIZE": "2", "CUDA_VISIBLE_DEVICES": "0"},  # one GPU for two
    ],
)
def test_ranks_that_cannot_be_are_refused_before_anything_is_done(
    room: JobRoom, variables: dict[str, Any]
) -> None:
    job = room.run(base_task(room), PHASES, **variables)
    assert job.code == 64, job.stderr
    assert not room.path("staging").exists()
