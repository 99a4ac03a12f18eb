"""The presets are what contracts/presets.json says, can be built, have the size they promise, and train."""

from dataclasses import replace

import pytest
import torch

from agent_forge.contracts import contracts_folder, load_contract, validate
from agent_forge.data.packing import Batch
from agent_forge.errors import ForgeError
from agent_forge.models.folder import parameter_count, shapes_of
from agent_forge.models.titan import TinyTitan
from agent_forge.phases.cognate.config import CognateConfig
from agent_forge.training.loop import Recipe, train_step
from agent_forge.training.objective import NextToken
from agent_forge.training.training_state import Training

NAMES = [entry["name"] for entry in load_contract("presets.json")["presets"]]
# The count that base-25m is named after, and the one of the unified model; one percent either way.
PROMISED = {"base-25m": 25_069_534, "cogment": 23_700_000}


def counted(config: CognateConfig) -> int:
    """The number of parameters worked out on paper, part by part."""
    d, f, m = config.d_model, config.d_ff, config.ltm_dim
    attention, feed_forward = 4 * d * d + 2 * d, 3 * d * f + d + f  # with their norms and SubLN gains
    gates, convolution = 3 * d + 3, 3 * m * config.ltm_conv
    memory = d + 3 * m * d + convolution + gates + config.ltm_depth * m * m + m + 2 * m * d
    halting = d + 1 + config.act_n_max * d
    blocks = config.num_layers * (attention + feed_forward)
    return config.vocab_size * d + blocks + d + memory + halting


def two_steps(config: CognateConfig) -> list[float]:
    """Losses of two optimizer steps on two rows of eight random tokens."""
    training = Training.begin(TinyTitan(config.model("", 1)).initialise(1), config.weight_decay)
    before = [parameter.detach().clone() for parameter in training.model.parameters()]
    recipe = Recipe(
        config.schedule,
        0,
        2,
        config.weight_decay,
        config.grad_clip,
        1,
        NextToken(lambda _: config.ponder_tau),
    )
    tokens = torch.randint(config.vocab_size, (2, 9), generator=torch.Generator().manual_seed(1))
    losses = [train_step(training, Batch(tokens, torch.ones(2, 8)), recipe, step)["loss"] for step in (0, 1)]
    after = training.model.parameters()
    assert all(not torch.equal(a, b) for a, b in zip(before, after, strict=True))
    return losses


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_fits_the_schema_and_describes_a_model(name: str) -> None:
    config = CognateConfig.preset(name)
    validate(config.to_json(), "phases/cognate", kind="bug", where=name)
    shapes = shapes_of(TinyTitan(config.model("", 1)))
    assert parameter_count(shapes) == counted(config)


@pytest.mark.parametrize("name", sorted(PROMISED))
def test_the_large_presets_have_the_size_they_are_named_for(name: str) -> None:
    assert counted(CognateConfig.preset(name)) == pytest.approx(PROMISED[name], rel=0.01)


def test_base_25m_has_a_memory_and_ponders_up_to_six_times_over_32000_rows() -> None:
    config = CognateConfig.preset("base-25m")
    assert (config.vocab_size, config.act_n_max, config.ltm_enabled, config.act_enabled) == (
        32_000,
        6,
        True,
        True,
    )


def test_cogment_is_seven_layers_of_320_that_refine_up_to_sixteen_times() -> None:
    config = CognateConfig.preset("cogment")
    assert (config.d_model, config.num_layers, config.num_heads) == (320, 7, 8)
    assert (config.vocab_size, config.act_n_max) == (16_000, 16)


@pytest.mark.parametrize("name", sorted(PROMISED))
def test_two_training_steps_of_a_large_preset_lower_the_loss_and_change_every_tensor(name: str) -> None:
    # given: the first rate of the warm-up is tiny on purpose; here two steps have to show
    config = replace(CognateConfig.preset(name), warmup_steps=1)
    # when
    first, second = two_steps(config)
    # then
    assert first < 2 * torch.log(torch.tensor(float(config.vocab_size)))
    assert second < first


def test_the_documented_sizes_are_the_counted_ones() -> None:
    guide = (contracts_folder().parent / "docs/phases/cognate.md").read_text(encoding="utf-8")
    (row,) = (line for line in guide.splitlines() if line.startswith("| in all |"))
    (head,) = (line for line in guide.splitlines() if line.startswith("| part |"))
    documented = dict(zip(head.split("|")[3:-1], row.split("|")[3:-1], strict=True))
    assert {name.strip(" `"): int(count.replace(",", "")) for name, count in documented.items()} == {
        name: counted(CognateConfig.preset(name)) for name in ("test", "demo", "base-25m", "cogment")
    }


def test_the_demo_preset_is_the_defaults_of_the_contract() -> None:
    properties = load_contract("schemas/phases/cognate.schema.json")["$defs"]["cognate"]["properties"]
    assert CognateConfig.preset("demo").to_json() == {
        key: setting["default"] for key, setting in properties.items()
    }


def test_a_preset_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(ForgeError, match="no preset 'huge'; expected one of demo, test") as error:
        CognateConfig.preset("huge")
    assert error.value.kind == "not_found"
