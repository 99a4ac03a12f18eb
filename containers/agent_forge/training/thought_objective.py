"""Teaching thoughts: next-token loss after them, and REINFORCE on what they were worth.

Quiet-STaR (arXiv 2403.09629), section 4.4: a thought's reward is the log-probability of the true tokens after
it, minus the mean of the other thoughts of the same place. Thoughts that did worse are not punished.

Legend: B rows, T tokens of a row, P places of a row, S thoughts of a place, M = P * S, n true tokens,
t sampled ones.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from agent_forge.data.packing import Batch
from agent_forge.models.thinking import Trace, sample_thoughts, select_places, talk, trace_text
from agent_forge.models.titan import TinyTitan
from agent_forge.training.objective import Losses

# (model, trace, places_BM, generator) -> the tokens of a thought per place (B, M, t)
Think = Callable[[TinyTitan, Trace, Tensor, torch.Generator], Tensor]
# (model, trace) -> places (B, P) and which of them count (B, P)
Select = Callable[[TinyTitan, Trace], tuple[Tensor, Tensor]]


def selected(model: TinyTitan, trace: Trace) -> tuple[Tensor, Tensor]:
    """Places as the model's own config says."""
    return select_places(model.config.thought, trace.logits_BTV)


@dataclass(frozen=True, kw_only=True)
class ThoughtObjective:
    """Loss with thoughts, `quiet_weight` times that without them, `policy_weight` times the policy's.

    Thoughts depend on `seed` and step alone. `tau` weighs the ponder cost of the text.
    """

    seed: int
    samples: int = 2
    policy_weight: float = 1.0
    quiet_weight: float = 0.5
    reward_clip: float = 5.0
    tau: float = 0.0
    think: Think = sample_thoughts
    select: Select = selected

    def __call__(self, model: TinyTitan, batch: Batch, step: int) -> Losses:
        """Losses of one batch; see Objective."""
        text_BT, next_BT = batch.tokens[:, :-1], batch.tokens[:, 1:]
        trace = trace_text(model, text_BT)
        places_BP, counts_BP = self.select(model, trace)
        places_BM = places_BP.repeat_interleave(self.samples, dim=1)
        thoughts = self.think(model, trace, places_BM, generator_of(self.seed, step))
        said = talk(model, trace, places_BM, thoughts, following(batch.tokens, places_BM, model))
        counts_BPS = counts_BP[..., None].float().expand(-1, -1, self.samples)
        share_BPS = counts_BPS / counts_BPS.sum().clamp_min(1.0)
        talk_BPS = said.talk_BMn.sum(-1).unflatten(1, (-1, self.samples))
        reward_BPS = rewards(talk_BPS, self.reward_clip)
        own_BPS = said.own_BMt.sum(-1).unflatten(1, (-1, self.samples))
        true = said.talk_BMn.shape[-1]
        nll = -(talk_BPS * share_BPS).sum() / true
        policy = -(reward_BPS * own_BPS * share_BPS).sum()
        quiet = F.cross_entropy(trace.logits_BTV.flatten(0, 1).float(), next_BT.flatten(), reduction="none")
        weights = batch.weights_BT.flatten()
        quiet = (quiet * weights).sum() / weights.sum()
        gain = ((said.talk_BMn - said.base_BMn).sum(-1).unflatten(1, (-1, self.samples)) * share_BPS).sum()
        return Losses(
            nll + self.quiet_weight * quiet,
            self.policy_weight * policy + self.tau * trace.cost_BT.mean(),
            {
                "talk_nll": float(nll.detach()),
                "quiet_nll": float(quiet.detach()),
                "policy_loss": float(policy.detach()),
                "thought_gain": float(gain.detach()) / true,
                "thought_weight": float(said.weight_BMn.detach().mean()),
                "thought_log_prob": float((own_BPS.detach() * share_BPS).sum()),
                "reward_share": float(((reward_BPS > 0).float() * share_BPS).sum()),
            },
        )


def rewards(talk_BPS: Tensor, clip: float) -> Tensor:
    """Log-probability of the true tokens beyond the mean of the place's other thoughts, from 0 to `clip`."""
    found = talk_BPS.detach()
    count = found.shape[-1]
    others = (found.sum(-1, keepdim=True) - found) / max(1, count - 1)
    return (found - others).clamp(0.0, clip) if count > 1 else torch.zeros_like(found)


def following(tokens_BT: Tensor, places_BM: Tensor, model: TinyTitan) -> Tensor:
    """The n true tokens behind each place, (B, M, n)."""
    offsets = 1 + torch.arange(model.config.thought.n_true, device=places_BM.device)
    rows = torch.arange(len(places_BM), device=places_BM.device)[:, None, None]
    return tokens_BT[rows, places_BM[..., None] + offsets]


def generator_of(seed: int, step: int) -> torch.Generator:
    """The generator of a step's thoughts; nothing else has to be kept to resume."""
    return torch.Generator().manual_seed(random.Random(f"thoughts:{seed}:{step}").getrandbits(63))
