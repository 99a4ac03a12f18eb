"""Two processes share a training, each on a GPU of its own, over NCCL."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.job_room import JobRoom
from tests.test_shared_jobs import PACKAGE_ROOT, base_task, weights
from tests.training.test_shared_training import distance

LIMIT_SECONDS = 150


@pytest.mark.cuda(2)
def test_two_gpus_train_the_model_that_one_trains(tmp_path: Path) -> None:
    rooms = {ranks: JobRoom(tmp_path / ranks) for ranks in ("1", "2")}
    for ranks, room in rooms.items():
        command = [sys.executable, "-m", "agent_forge", "run", "--task", base_task(room), "--ranks", ranks]
        done = subprocess.run(
            command, cwd=PACKAGE_ROOT, env=room.environment(), capture_output=True, timeout=LIMIT_SECONDS
        )
        assert done.returncode == 0, done.stderr.decode()
    # Sums on a GPU round in other orders than on the CPU; Adam grows what differs.
    assert distance(weights(rooms["2"]), weights(rooms["1"])) < 1e-3
