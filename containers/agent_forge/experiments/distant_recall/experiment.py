"""E2: does the long-term memory recall what sliding-window attention cannot see?

Source: Titans, Behrouz et al. 2024 (arXiv 2501.00663), sections 3 and 4.3 (memory as a layer). Six key-value
pairs, 18 tokens of filler and mark, then a key: its value is asked. Three window-6 layers reach 15 tokens
back and the nearest value lies 19 back, so attention alone can only guess (1 of 16).
Expected: memory near 1.0 after a sudden transition whose time varies with the seed, baseline near 0.06.

Legend: B batch, T tokens.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from agent_forge.experiments.distant_recall.model import build
from agent_forge.experiments.experiment import Arm, Comparison, Experiment, Line, Settings
from agent_forge.models.titan import TinyTitan

KEYS, VALUES, FILLERS, PAIRS, DISTANCE = 16, 16, 8, 6, 18
VALUE_0, FILLER_0, MARK = KEYS, KEYS + VALUES, KEYS + VALUES + FILLERS


def draw(generator: torch.Generator, batch: int) -> tuple[Tensor, Tensor]:
    """Sequences (B, T) that end with a key, and its value's token (B,)."""
    keys = torch.rand(batch, KEYS, generator=generator).argsort(dim=1)[:, :PAIRS]
    values = VALUE_0 + torch.randint(VALUES, (batch, PAIRS), generator=generator)
    filler = FILLER_0 + torch.randint(FILLERS, (batch, DISTANCE - 1), generator=generator)
    asked = torch.randint(PAIRS, (batch, 1), generator=generator)
    pairs = torch.stack([keys, values], dim=2).flatten(1)
    mark = torch.full((batch, 1), MARK)
    tokens_BT = torch.cat([pairs, filler, mark, keys.gather(1, asked)], dim=1)
    return tokens_BT, values.gather(1, asked).squeeze(1)


def rate(step: int, settings: Settings) -> float:
    """Linear warm-up, constant, linear decay over the last 40 %: decay before the transition prevents it."""
    steps, warm_up = int(settings["steps"]), int(settings["warm_up"])
    return float(settings["learning_rate"]) * min(1.0, (step + 1) / warm_up, (steps - step) / (0.4 * steps))


def trial(settings: Settings, seed: int) -> dict[str, float]:
    """Train one arm on answers alone, then ask fresh questions."""
    model = build(settings, seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.0, weight_decay=0.01, fused=True)
    data = torch.Generator().manual_seed(seed)
    untrained = accuracy(model, settings, seed)
    loss = torch.zeros(())
    for step in range(int(settings["steps"])):
        for group in optimizer.param_groups:
            group["lr"] = rate(step, settings)
        tokens_BT, answer_B = draw(data, int(settings["batch"]))
        loss = F.cross_entropy(model(tokens_BT).logits_BTV[:, -1], answer_B)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    parameters = sum(p.numel() for p in model.parameters())
    return {
        "accuracy": accuracy(model, settings, seed), "accuracy_untrained": untrained,
        "loss": float(loss.detach()), "parameters": float(parameters),
    }  # fmt: skip


@torch.no_grad()
def accuracy(model: TinyTitan, settings: Settings, seed: int) -> float:
    """Share of right answers among questions that were not trained on."""
    tokens_BT, answer_B = draw(torch.Generator().manual_seed(seed + 1_000_003), int(settings["questions"]))
    return float((model(tokens_BT).logits_BTV[:, -1].argmax(dim=-1) == answer_B).double().mean())


EXPERIMENT = Experiment(
    id="E2",
    title="Long-term memory",
    claim="The long-term memory recalls pairs that lie beyond the reach of sliding-window attention.",
    source="Titans (arXiv 2501.00663), sections 3 and 4.3",
    metric="accuracy",
    direction="higher",
    baseline="third-block",
    arms=(
        Arm(name="memory", description="block, memory, block", settings={"memory": True}),
        Arm(name="third-block", description="three blocks, no memory", settings={"memory": False}),
        Arm(name="plain-start", description="memory whose first weights are no lookup",
            settings={"memory": True, "plain_start": True}),
        Arm(name="no-forgetting", description="memory with alpha = 0",
            settings={"memory": True, "without": "forgetting"}, first_seeds=1),
        Arm(name="no-momentum", description="memory with eta = 0",
            settings={"memory": True, "without": "momentum"}, first_seeds=1),
        Arm(name="depth-2", description="memory net of two layers",
            settings={"memory": True, "depth": 2}, first_seeds=1),
    ),
    lines=(
        Line(id="recalls", text="accuracy with memory at least .90 on two thirds of the seeds", arm="memory",
             measure="accuracy", op=">=", bound=0.90, share=2 / 3),
        Line(id="blind", text="accuracy without memory at most .25 on every seed", arm="third-block",
             measure="accuracy", op="<=", bound=0.25),
        Line(id="recalls-always", text="accuracy with memory at least .90 on every seed", arm="memory",
             measure="accuracy", op=">=", bound=0.90, level="expected"),
        Line(id="learns-to-look-up", text="at least .90 on two thirds of the seeds from a plain start",
             arm="plain-start", measure="accuracy", op=">=", bound=0.90, share=2 / 3, level="expected"),
    ),
    comparisons=tuple(
        Comparison(arm="memory", baseline=other, measure="accuracy")
        for other in ("third-block", "plain-start", "no-forgetting", "no-momentum", "depth-2")
    ),
    budgets={
        "full": {"steps": 1300, "batch": 48, "learning_rate": 2e-3, "warm_up": 100, "questions": 2048},
        "ci": {"steps": 12, "batch": 16, "learning_rate": 2e-3, "warm_up": 4, "questions": 64},
    },
    trial=trial,
    notes="The last three arms run on one seed: they are shown, not judged.",
)  # fmt: skip
