"""E12's bounds are those that were stated before it was run; its record keeps to them."""

from agent_forge.experiments.onnx_graphs.experiment import EXPERIMENT

BOUNDS = {
    "fp32-difference": 1e-4, "fp32-top1": 1.0, "fp32-cpu-of-eager-b1": 0.9, "int8-bytes-of-fp32": 0.4,
    "int8-dnats": 0.01, "int4-bytes-of-fp32": 0.3, "int4-dnats": 0.02,
}  # fmt: skip


def test_the_bounds_that_decide_are_the_stated_ones() -> None:
    assert {line.id: line.bound for line in EXPERIMENT.lines if line.level == "must"} == BOUNDS
