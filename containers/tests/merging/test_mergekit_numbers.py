"""The same configuration gives the numbers that mergekit gave; `golden/` says how those were made."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent_forge.merging.merge import merge
from agent_forge.merging.recipe import Recipe
from tests.support.golden_models import sampled, write_golden_models
from tests.support.toy_folders import read_model_as_float32

GOLDEN = json.loads((Path(__file__).parent / "golden" / "mergekit-0.1.4.json").read_text(encoding="utf-8"))
CASES: dict[str, Any] = GOLDEN["cases"]
# mergekit computes in bfloat16 when it writes it: each of its sums is rounded to 8 bits, ours only at the
# end.
TOLERANCES = {"linear in bfloat16": 2**-6, "ties with float32 and the base's tokenizer": 2**-10}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_golden_models(tmp_path_factory.mktemp("golden"))


@pytest.mark.parametrize("name", CASES)
def test_a_mergekit_configuration_gives_mergekits_numbers(
    name: str, folders: dict[str, Path], tmp_path: Path
) -> None:
    # given
    case = CASES[name]
    # when
    merge(Recipe.from_json(case["config"]), folders, tmp_path / "out")
    # then
    result = read_model_as_float32(tmp_path / "out")
    assert result.keys() == case["tensors"].keys()
    for tensor, numbers in case["tensors"].items():
        tolerance = TOLERANCES.get(name, 1e-5)
        np.testing.assert_allclose(sampled(result[tensor]), numbers, rtol=0, atol=tolerance, err_msg=tensor)
    config = json.loads((tmp_path / "out" / "config.json").read_text(encoding="utf-8"))
    assert config["num_hidden_layers"] == case["layers"]
