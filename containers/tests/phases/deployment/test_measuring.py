"""Points are measured once: a stopped job goes on behind the last one; percentiles are measured values."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from agent_forge.errors import ForgeError
from agent_forge.phase import Stage
from agent_forge.phases.deployment.config import DeploymentConfig
from agent_forge.phases.deployment.measuring import measure_graphs, percentile
from agent_forge.phases.deployment.shelf import TYPES
from tests.phases.fake_context import FolderContext

CONFIG = replace(DeploymentConfig.preset("test"), variants=["fp32"], batches=[1, 2, 3], calls=20, warm_ups=1)


def job(root: Path, graph: Path) -> FolderContext:
    """A job whose export left one graph."""
    left = root / "out/export/artifacts"
    left.mkdir(parents=True, exist_ok=True)
    for name in TYPES:
        (left / f"fp32-{name}").write_bytes((graph / name).read_bytes())
    scores = {"inputNats": 2.0, "variants": {"fp32": {"bytes": 1, "nats": 2.0, "top1": 1.0}}}
    (left / "scores").write_text(json.dumps(scores), encoding="utf-8")
    return FolderContext(root, Stage("measure", "single", 1, None), CONFIG.to_json())


def test_a_job_that_is_stopped_keeps_the_points_that_it_has(traced_toy: Path, tmp_path: Path) -> None:
    # given a job that is stopped when it has two points
    stopped = job(tmp_path, traced_toy / "fp32")
    stopped.checkpoints.every_step = True
    stopped.checkpoints.stop_after_saves = 2
    with pytest.raises(ForgeError, match="a stop was requested"):
        measure_graphs(stopped)
    kept = stopped.checkpoints.latest()
    assert kept is not None
    # when
    resumed = job(tmp_path, traced_toy / "fp32")
    measure_graphs(resumed)
    # then the third alone is new
    found = json.loads((resumed.output / "artifacts/points").read_text())["points"]
    assert found[:2] == list(kept.resume.values())
    assert [point["load"]["batch"] for point in found] == [1, 2, 3]
    assert resumed.tracker.records["fp32_b1_s8_t1/p95_ms"] == found[0]["p95_ms"]
    assert resumed.tracker.records["fp32/next_token_ms"] > 0


@pytest.mark.parametrize(("share", "value"), [(0.5, 5), (0.95, 10), (0.9, 9), (0.01, 1), (1.0, 10)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: int) -> None:
    assert percentile([float(each) for each in (3, 1, 2, 10, 9, 8, 7, 6, 5, 4)], share) == value
