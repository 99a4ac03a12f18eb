"""Phase 5 begins where phase 4 says that it ended, on the model that phase 4 publishes."""

from dataclasses import replace
from pathlib import Path

import pytest

from agent_forge.phase import InputModel, Stage
from agent_forge.phases.bitnet.phase import run as run_bitnet
from agent_forge.phases.training.phase import run as run_training
from tests.phases import test_bitnet as phase_4
from tests.phases import test_training as phase_5
from tests.phases.fake_context import FolderContext


def test_the_loss_that_comes_in_is_the_one_that_phase_4_reported(tmp_path: Path) -> None:
    # given a ternary model as phase 4 publishes it
    before = {
        name: phase_4.job(tmp_path / "4", name, kind)
        for name, kind in (("train", "single"), ("evaluate", "reduce"))
    }
    for context in before.values():
        run_bitnet(context)
    ended = before["evaluate"].tracker.records
    # when
    settings = replace(phase_5.OFF, steps=2, eval_stride=phase_4.CONFIG.eval_stride)
    given = InputModel("ternary", "ternary", "01J0000000000000000000000B")
    for name, kind in (("train", "single"), ("evaluate", "reduce")):
        context = FolderContext(
            tmp_path / "5", Stage(name, kind, 1, None), settings.to_json(), before["train"].documents,
            registered={given.name: (given, phase_4.published(before))},
        )  # fmt: skip
        run_training(context)
    begun = context.tracker.records
    # then
    assert begun["handover/bits_per_byte"] == pytest.approx(ended["ternary/bits_per_byte"], abs=1e-4)
    assert begun["handover/step0_difference"] <= 1e-4
    # and it is another loss than that of the model before phase 4
    assert abs(begun["handover/bits_per_byte"] - ended["input/bits_per_byte"]) > 1e-4
