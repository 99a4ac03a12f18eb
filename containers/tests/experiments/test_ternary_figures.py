"""E5S weighs real files, E5V times forms of the same weights."""

import pytest
import torch

from agent_forge.experiments.runner import run_experiment
from agent_forge.experiments.ternary_size.experiment import EXPERIMENT as SIZE
from agent_forge.experiments.ternary_size.shapes import SHAPES, drawn
from agent_forge.experiments.ternary_speed.experiment import EXPERIMENT as SPEED
from agent_forge.experiments.ternary_speed.experiment import HALVES, decoders, matrices
from agent_forge.models.ternary import TernaryLinear


def test_the_large_shape_has_about_25_million_parameters_and_13_percent_of_them_in_the_embedding() -> None:
    arch, memory = SHAPES["large"]
    d, f = arch.d_model, arch.d_ff
    blocks = arch.num_layers * (4 * d * d + 3 * d * f)
    everything = arch.vocab_size * d + blocks + 5 * memory * d
    assert everything == pytest.approx(24.5e6, rel=0.01)
    assert arch.vocab_size * d / everything == pytest.approx(0.13, abs=0.005)


def test_every_ratio_is_that_of_the_bytes_beside_it() -> None:
    (arm, *_) = run_experiment(SIZE, "ci", [1], lambda _: None)["arms"]
    measures = arm["results"][0]["measures"]
    assert measures["ratio_fp32_file"] == measures["fp32_bytes"] / measures["packed_bytes"]
    assert measures["ratio_fp16_file"] == measures["fp16_bytes"] / measures["packed_bytes"]
    assert measures["fp32_bytes"] > 4 * measures["parameters"]


def test_what_is_timed_as_packed_is_the_ternary_form_of_what_is_timed_as_full_precision() -> None:
    ways = matrices(96, 1)
    with torch.no_grad():
        ternary = TernaryLinear(96, 96, bias=False)
        ternary.weight.copy_(torch.randn(96, 96, generator=torch.Generator().manual_seed(1)))
        x = torch.randn(1, 96, generator=torch.Generator().manual_seed(2))
        assert torch.equal(ways["packed"](), ternary(x))  # type: ignore[arg-type]
        for half in HALVES:
            torch.testing.assert_close(ways[half]().float(), ways["fp32"](), rtol=0.1, atol=0.5)  # type: ignore[attr-defined]
            assert ways[half]().dtype == HALVES[half]  # type: ignore[attr-defined]


def test_whole_models_decode_what_their_weights_say_in_each_form() -> None:
    with torch.no_grad():
        said = {name: step().logits_BTV for name, step in decoders("tiny", 1).items()}  # type: ignore[attr-defined]
    for half in HALVES:
        torch.testing.assert_close(said[half], said["fp32"], rtol=0.1, atol=0.1)
        assert not torch.equal(said[half], said["fp32"])
    assert not torch.equal(said["packed"], said["fp32"])
    assert drawn("tiny", 1, ternary=True).config.quant.enabled


def test_every_arm_of_the_speed_experiment_measures_what_its_lines_ask_for() -> None:
    record = run_experiment(SPEED, "ci", [1], lambda _: None)
    asked = {(line["arm"], line["measure"]) for line in record["lines"]}
    measured = {(a["name"], m) for a in record["arms"] for m in a["results"][0]["measures"]}
    assert asked <= measured
