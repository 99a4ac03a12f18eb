"""Which experiments there are. Looked up by id, so that listing them loads nothing."""

import importlib

from agent_forge.errors import ForgeError
from agent_forge.experiments.experiment import Experiment

PACKAGES = {
    "E1": "adaptive_pondering",
    "E1B": "patient_pondering",
    "E2": "distant_recall",
    "E4": "elicited_thoughts",
    "E5": "ternary_training",
    "E5S": "ternary_size",
    "E5V": "ternary_speed",
    "E6": "slow_gradients",
    "E7": "self_prediction",
    "E8": "dream_replay",
    "E9": "edge_of_chaos",
}


def load_experiment(name: str) -> Experiment:
    """The experiment with this id.

    Raises:
        ForgeError(validation): there is none; names those that there are.
    """
    if name not in PACKAGES:
        raise ForgeError(
            "validation", f"There is no experiment {name!r}; expected one of {', '.join(PACKAGES)}."
        )
    module = importlib.import_module(f"agent_forge.experiments.{PACKAGES[name]}.experiment")
    experiment: Experiment = module.EXPERIMENT
    return experiment
