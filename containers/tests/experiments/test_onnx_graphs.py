"""E12 measures what its lines ask for; its bounds are those that were stated before it was run."""

from agent_forge.experiments.onnx_graphs.experiment import EXPERIMENT
from agent_forge.experiments.runner import run_experiment

BOUNDS = {
    "fp32-difference": 1e-4, "fp32-top1": 1.0, "fp32-cpu-of-eager-b1": 0.9, "int8-bytes-of-fp32": 0.4,
    "int8-dnats": 0.01, "int4-bytes-of-fp32": 0.3, "int4-dnats": 0.02,
}  # fmt: skip


def test_the_bounds_that_decide_are_the_stated_ones() -> None:
    assert {line.id: line.bound for line in EXPERIMENT.lines if line.level == "must"} == BOUNDS


def test_every_line_is_measured_and_the_smaller_graphs_are_smaller_ones_of_the_same_model() -> None:
    record = run_experiment(EXPERIMENT, "ci", [5], lambda _: None)
    found = {arm["name"]: arm["results"][0]["measures"] for arm in record["arms"]}
    assert all(line.measure in found[line.arm] for line in EXPERIMENT.lines)
    assert found["int4"]["bytes"] < found["int8"]["bytes"] < found["fp32"]["bytes"]
    assert found["fp32"]["difference"] <= 1e-4
    assert found["int8"]["difference"] > found["fp32"]["difference"]
    assert abs(found["int8"]["dnats"]) < 0.1
    assert record["verdict"] == "no verdict"
