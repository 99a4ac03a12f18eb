"""A bake that is killed in the middle, again and again, ends with the weights of one that was left alone."""

import json
import os
import random
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from agent_forge.phases.baking.config import BakingConfig
from agent_forge.properties import PROPERTIES, measure_model
from tests.phases.test_baking import CLERK
from tests.phases.test_training import TEXTS, write_ternary
from tests.support.job_room import JobRoom, run_here, start_child

PHASES = {"baking": "agent_forge.phases.baking.phase"}
STEPS, KILLS = 40, 3
CONFIG = replace(BakingConfig.preset("test"), prompts=[CLERK], steps=STEPS, stop_kl=0.0)
RESULTS = ("prompt-vector", "prompt-vector-card")
EVERY_STEP = {"timeoutSeconds": 600, "checkpointSeconds": 3600, "checkpointSteps": 1}


def write_task(room: JobRoom, folder: Path) -> str:
    corpus = room.corpus_input([{"id": f"{i}.txt", "text": text} for i, text in enumerate(TEXTS)])
    model = room.model_input("run-trained", folder)
    inputs = [corpus, model, room.stage_input("test", absent=True)]
    return room.task(
        stage="bake", phase="baking", config=CONFIG.to_json(), inputs=inputs, round=0, limits=EVERY_STEP
    )


def saved(room: JobRoom) -> set[Path]:
    """Files that lie there for checkpoints; old ones go as new ones come."""
    return {path for path in room.path("checkpoints/bake").rglob("*") if path.is_file()}


def killed(room: JobRoom, task: str, rng: random.Random) -> int:
    """Start the job, let it save something new, and kill it some time after; its exit code."""
    before = saved(room)
    child = start_child(lambda: run_here(task, room.environment(), PHASES), room.path("killed"))
    give_up = time.monotonic() + 240
    while len(saved(room) - before) < 2 and os.waitpid(child, os.WNOHANG) == (0, 0):
        assert time.monotonic() < give_up
        time.sleep(0.002)
    time.sleep(rng.random() * 0.1)
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def published(room: JobRoom) -> dict[str, Any]:
    """Hashes of what the bake left."""
    return {each["name"]: each["sha256"] for each in room.result("bake", round=0)["artifacts"]}


def test_a_bake_that_is_killed_at_random_moments_ends_with_the_same_bits(tmp_path: Path) -> None:
    # given one that nobody stopped
    folder = write_ternary(tmp_path / "registered")
    (folder / PROPERTIES).write_text(json.dumps(measure_model(folder)), encoding="utf-8")
    alone, hunted = JobRoom(tmp_path / "alone"), JobRoom(tmp_path / "hunted")
    job = alone.run(write_task(alone, folder), PHASES)
    assert job.code == 0, job.stderr
    # when
    task, rng = write_task(hunted, folder), random.Random(1)
    codes = [killed(hunted, task, rng) for _ in range(KILLS)]
    left = saved(hunted)
    last = hunted.run(task, PHASES)
    # then
    assert codes == [-signal.SIGKILL] * KILLS
    assert left
    assert last.code == 0, last.stderr
    for name in RESULTS:
        assert published(hunted)[name] == published(alone)[name]
