"""Which experiments there are. Looked up by id, so that listing them loads nothing."""

import importlib

from agent_forge.errors import ForgeError
from agent_forge.experiments.experiment import Experiment

PACKAGES = {
    "E1": "adaptive_pondering",
    "E1B": "patient_pondering",
    "E2": "distant_recall",
    "E3A": "interference",
    "E3B": "three_tasks",
    "E3C": "evolved_merge",
    "E3D": "averaged_start",
    "E4": "elicited_thoughts",
    "E5": "ternary_training",
    "E5S": "ternary_size",
    "E5V": "ternary_speed",
    "E6": "slow_gradients",
    "E7": "self_prediction",
    "E7B": "longer_self_prediction",
    "E8": "dream_replay",
    "E8B": "longer_replay",
    "E9": "edge_of_chaos",
    "E10": "heated_loss",
    "E11": "prompt_baking",
    "E11B": "baking_within_noise",
    "E12": "onnx_graphs",
    "SPOT": "spot_market",
    "SPOT-CKPT": "checkpoint_policy",
    "E14": "ood_monitor",
    "E15": "message_fuzz",
    "E16": "track_fusion",
    "E17": "tool_calls",
    "E18": "codec_choice",
}
GROUPS = {
    "merge": ("E3A", "E3B", "E3C", "E3D"),
    "quietstar": ("E4",),
    "bake": ("E11", "E11B"),
    "tools": ("E17",),
    "codecs": ("E18",),
    "onnx": ("E12",),
    "spot": ("SPOT-CKPT", "SPOT"),
    "ood": ("E14",),
    "automotive": ("E14", "E15", "E16"),
    "all": tuple(PACKAGES),
}


def experiments_of(name: str) -> tuple[str, ...]:
    """The ids that a name stands for: those of a group, or the id itself.

    Raises:
        ForgeError(validation): there is no such group and no such experiment; names those that there are.
    """
    if name not in PACKAGES and name not in GROUPS:
        raise ForgeError(
            "validation",
            f"There is no experiment {name!r}; expected one of {', '.join(PACKAGES)}, or of the groups"
            f" {', '.join(GROUPS)}.",
        )
    return GROUPS.get(name, (name,))


def load_experiment(name: str) -> Experiment:
    """The experiment with this id, one of `PACKAGES`."""
    module = importlib.import_module(f"agent_forge.experiments.{PACKAGES[name]}.experiment")
    experiment: Experiment = module.EXPERIMENT
    return experiment
