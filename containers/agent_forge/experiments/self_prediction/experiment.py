"""E7: what does predicting an own hidden layer do to a network?

Source: Premakumar et al. 2024 (arXiv 2407.10188), which reports narrower final weights and a smaller
learning coefficient for networks that predict their own activations. Here the first hidden layer is predicted
from the last one, so that the task is not the identity.
Expected: the network gets predictable and the predicted layer's weights get narrower, at the same accuracy;
nothing is expected of the other layers, and what rounding costs is reported, not claimed. The pure probe,
with both gradients cut, must leave the network as it is.
"""

from collections.abc import Mapping

import torch
import torch.nn.functional as F

from agent_forge.experiments.experiment import Arm, Comparison, Experiment, Line, Measures, Settings
from agent_forge.experiments.self_prediction.glyphs import Network, draw, loss_after_rounding
from agent_forge.training.self_model import participation_ratio


def trial(settings: Settings, seed: int) -> dict[str, float]:
    """Train one arm on the same rows as all others, then measure on fresh ones."""
    network = fit(settings, seed)
    images_BP, which_B = draw(torch.Generator().manual_seed(seed + 1_000_003), int(settings["questions"]))
    with torch.no_grad():
        logits, first_BH, second_BH = network(images_BP)
        missed = (network.own(second_BH) - first_BH).square().mean()
        relative = float(missed / (first_BH - first_BH.mean(dim=0)).square().mean())
        found = {
            "accuracy": float((logits.argmax(-1) == which_B).double().mean()), "relative_error": relative,
            "predicted_sd": float(network.first.weight.std()),
            "middle_sd": float(network.second.weight.std()),
            "classes_sd": float(network.classes.weight.std()),
            "participation": participation_ratio(first_BH),
            "rounding_cost": loss_after_rounding(network, images_BP, which_B),
        }  # fmt: skip
    if "base_sd" in settings:
        found["sd_ratio"] = found["predicted_sd"] / float(settings["base_sd"])
        found["error_ratio"] = relative / float(settings["base_error"])
        found["accuracy_lost"] = float(settings["base_accuracy"]) - found["accuracy"]
    if settings.get("cut") == "both":
        pairs = zip(network.trunk(), fit({**settings, "weight": 0.0}, seed).trunk(), strict=True)
        found["trunk_moved"] = max(float((a - b).abs().max()) for a, b in pairs)
    return found


def fit(settings: Settings, seed: int) -> Network:
    """Adam on cross-entropy and the weighted error of the prediction."""
    network, data = Network(seed), torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(
        network.parameters(), lr=1e-3, weight_decay=float(settings.get("decay", 0.0)), fused=True
    )
    cut, weight = str(settings.get("cut", "none")), float(settings["weight"])
    for _ in range(int(settings["steps"])):
        images_BP, which_B = draw(data, int(settings["batch"]))
        logits, first_BH, second_BH = network(images_BP)
        wanted_BH = first_BH.detach() if cut in ("target", "both") else first_BH
        source_BH = second_BH.detach() if cut == "both" else second_BH
        error = (network.own(source_BH) - wanted_BH).square().mean()
        optimizer.zero_grad(set_to_none=True)
        (F.cross_entropy(logits, which_B) + weight * error).backward()
        optimizer.step()
    return network


def beside_off(earlier: Mapping[str, Measures]) -> Settings:
    """What the same seed gave without self-prediction."""
    off = earlier["off"]
    return {
        "base_sd": off["predicted_sd"], "base_error": off["relative_error"], "base_accuracy": off["accuracy"]
    }  # fmt: skip


EXPERIMENT = Experiment(
    id="E7",
    title="Self-modelling",
    claim="A network that predicts its own hidden layer becomes predictable, and that layer's weights"
    " narrower, at the same accuracy.",
    source="Premakumar et al. 2024 (arXiv 2407.10188)",
    metric="predicted_sd",
    direction="lower",
    baseline="off",
    arms=(
        Arm(name="off", description="no self-prediction", settings={"weight": 0.0}),
        Arm(name="weight-5", description="weight 5", settings={"weight": 5.0}, derive=beside_off),
        Arm(name="weight-20", description="weight 20", settings={"weight": 20.0}, derive=beside_off),
        Arm(name="target-cut", description="weight 20, an ordinary auxiliary task", derive=beside_off,
            settings={"weight": 20.0, "cut": "target"}),
        Arm(name="probe", description="weight 20, both gradients cut", derive=beside_off,
            settings={"weight": 20.0, "cut": "both"}),
        Arm(name="decay", description="weight decay 1e-4 instead", derive=beside_off,
            settings={"weight": 0.0, "decay": 1e-4}),
    ),
    lines=(
        Line(id="predictable", text="relative error at weight 20 at most .01 of that without",
             arm="weight-20", measure="error_ratio", op="<=", bound=0.01),
        Line(id="narrower", text="s.d. of the predicted layer's weights at most .90 of that without",
             arm="weight-20", measure="sd_ratio", op="<=", bound=0.90),
        Line(id="accurate", text="at most one point of accuracy lost", arm="weight-20",
             measure="accuracy_lost", op="<=", bound=0.01),
        Line(id="probe-is-blind", text="the pure probe leaves every weight of the network where it was",
             arm="probe", measure="trunk_moved", op="<=", bound=0.0),
        Line(id="in-order", text="weight 5 narrows too", arm="weight-5", measure="sd_ratio", op="<=",
             bound=1.0, level="expected"),
        Line(id="target-matters", text="with the target cut the weights do not narrow", arm="target-cut",
             measure="sd_ratio", op=">=", bound=1.0, level="expected"),
    ),
    comparisons=tuple(
        Comparison(arm=arm, baseline="off", measure=measure)
        for measure in ("predicted_sd", "classes_sd", "participation", "rounding_cost", "accuracy")
        for arm in ("weight-20", "target-cut", "decay")
    ),
    budgets={
        "full": {"steps": 1500, "batch": 64, "questions": 2000},
        "ci": {"steps": 6, "batch": 16, "questions": 64},
    },
    trial=trial,
    notes="Narrower weights of one layer are no smaller complexity: see classes_sd and rounding_cost. The"
    " learning coefficient of the paper is not estimated here.",
)  # fmt: skip
