"""Targets are found by their files, choose by their objective and look at nothing else."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent_forge.contracts import load_contract
from agent_forge.errors import ForgeError
from agent_forge.phases.deployment import adapters
from agent_forge.phases.deployment.adapter import Adapter
from agent_forge.phases.deployment.adapters import adapter_of, targets
from agent_forge.phases.deployment.config import DeploymentConfig
from tests.phases.deployment.measured import measured

CONFIG = DeploymentConfig.preset("test")
FOURTH = """
from agent_forge.phases.deployment.adapter import Adapter, Choice

class Toaster(Adapter):
    target = "toaster"

    def choose(self, config, measured):
        best = min(measured.points, key=lambda point: point.p99_ms)
        return Choice(best.variant, best.load, True, f"{config.own('toaster')['slots']} slots")

    def emit(self, desk):
        desk.write("toast.txt", desk.choice.variant, "text/plain")

ADAPTER = Toaster()
"""


@pytest.fixture
def fourth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Adapter]:
    """A target that is a file in a folder of adapters, and nothing else."""
    (tmp_path / "toaster.py").write_text(FOURTH, encoding="utf-8")
    monkeypatch.setattr(adapters, "__path__", [*adapters.__path__, str(tmp_path)])
    yield adapter_of("toaster")
    sys.modules.pop(f"{adapters.__name__}.toaster", None)


def test_a_further_target_is_a_file_and_takes_settings_named_after_it(fourth: Adapter) -> None:
    assert "toaster" in targets()
    settings = {**CONFIG.to_json(), "target": "toaster", "toaster_slots": 2}
    choice = fourth.choose(DeploymentConfig.of(settings), measured())
    assert (choice.variant, choice.load.batch, choice.why) == ("int8", 1, "2 slots")


def test_every_target_of_the_contract_has_an_adapter_and_the_other_way_round() -> None:
    schema = load_contract("schemas/phases/deployment.schema.json")
    offered = schema["$defs"]["deployment"]["properties"]["target"]["enum"]
    assert sorted(offered) == targets()
    for target in offered:
        assert adapter_of(target).target == target
        assert CONFIG.own(target)


def test_a_target_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(ForgeError, match="cloud, edge") as caught:
        adapter_of("moon")
    assert caught.value.kind == "validation"


def test_a_file_without_an_adapter_of_its_name_is_a_bug(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nothing.py").write_text('"""Empty."""\n', encoding="utf-8")
    monkeypatch.setattr(adapters, "__path__", [*adapters.__path__, str(tmp_path)])
    with pytest.raises(ForgeError, match="has no ADAPTER") as caught:
        adapter_of("nothing")
    assert caught.value.kind == "bug"


@pytest.mark.parametrize(
    ("bound", "variant", "batch", "met"),
    [(100.0, "int8", 16, True), (30.0, "int8", 1, True), (3.0, "int8", 1, True), (1.0, "int8", 1, False)],
)
def test_cloud_takes_the_most_tokens_a_second_within_its_bound(
    bound: float, variant: str, batch: int, met: bool
) -> None:
    config = replace(CONFIG, of_targets={**CONFIG.of_targets, "cloud_p95_ms": bound})
    choice = adapter_of("cloud").choose(config, measured())
    assert (choice.variant, choice.load.batch, choice.met) == (variant, batch, met)


def test_cloud_takes_no_variant_that_loses_more_than_its_bound_however_fast_it_is() -> None:
    config = replace(
        CONFIG, of_targets={**CONFIG.of_targets, "cloud_p95_ms": 100.0, "cloud_most_nats": 0.001}
    )
    assert adapter_of("cloud").choose(config, measured()).variant == "fp32"


@pytest.mark.parametrize(
    ("bound", "variant", "met"), [(0.1, "int4", True), (0.01, "int8", True), (0.0, "fp32", True)]
)
def test_edge_takes_the_fewest_bytes_that_lose_no_more_than_its_bound(
    bound: float, variant: str, met: bool
) -> None:
    config = replace(CONFIG, of_targets={**CONFIG.of_targets, "edge_most_nats": bound})
    choice = adapter_of("edge").choose(config, measured())
    assert (choice.variant, choice.load.batch, choice.met) == (variant, 1, met)


def test_edge_takes_the_truest_where_every_variant_loses_too_much_and_says_so() -> None:
    config = replace(CONFIG, of_targets={**CONFIG.of_targets, "edge_most_nats": 0.0})
    choice = adapter_of("edge").choose(config, replace(measured(), input_nats=1.9))
    assert (choice.variant, choice.met) == ("fp32", False)
    assert "no variant" in choice.why


def test_the_plan_has_every_load_of_the_settings_and_fp32_first() -> None:
    config = replace(CONFIG, variants=["int8"], batches=[1, 2], sequences=[8, 16], thread_counts=[1, 2])
    plan = adapter_of("cloud").plan(config)
    assert plan.variants == ["fp32", "int8"]
    assert len({load.name for load in plan.loads}) == 8
