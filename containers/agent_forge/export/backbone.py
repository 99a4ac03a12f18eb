"""The plain transformer inside a TinyTitan, and what a property costs that it cannot carry.

A backbone is a TinyTitan without memory, pondering, thoughts and int8 activations: embedding, blocks, norm,
tied head. Llama computes it (with SubLN, BitNet's blocks do), so it can be measured with our own forward pass
and read by other programs.
"""

from dataclasses import dataclass, replace
from typing import Literal

import torch

from agent_forge.graphs.dequantised import plain_weights
from agent_forge.models.config import ActConfig, LtmConfig, ModelConfig, QuantConfig, ThoughtConfig
from agent_forge.models.ternary import ternary_projections
from agent_forge.models.titan import TinyTitan

Verdict = Literal["exact", "approximate", "left out"]


@dataclass(frozen=True)
class Property:
    """One thing that a model has, and how a plain transformer carries it."""

    name: str
    verdict: Verdict
    why: str

    def to_json(self) -> dict[str, str]:
        """As export.json and the card list it."""
        return {"name": self.name, "verdict": self.verdict, "why": self.why}


def properties_of(model: TinyTitan) -> tuple[Property, ...]:
    """Everything about a model that is more than a Llama block, with what becomes of it."""
    config = model.config
    found = [
        Property("embed_scale", "exact", "multiplied into the rows; the last norm divides by it"),
        Property("window", "exact", f"up to {config.arch.window} tokens, the stated context length"),
    ]
    if config.quant.subln:
        found.append(Property("subln", "exact", "BitNet's blocks have the same norms, with SiLU as here"))
    if config.thought.enabled:
        why = "texts without the two marks are unchanged; thinking needs our decoder"
        found.append(Property("thought", "left out", why))
    if config.quant.enabled:
        why = "weights are the ternary ones; activations are not rounded to 8 bits"
        found.append(Property("int8-activations", "approximate", why))
    if model.act is not None:
        found.append(_pondering(model))
    if config.ltm.enabled:
        found.append(Property("memory", "left out", "state that learns while it reads fits no plain block"))
    return tuple(found)


def _pondering(model: TinyTitan) -> Property:
    assert model.act is not None
    if model.config.act.n_max > 1:
        why = "steps depend on the token and share keys; copies of the last block stand for them"
        return Property("act", "approximate", why)
    if bool(model.act.step_embedding.any()):
        return Property("act", "approximate", "one step, but its embedding is added to queries only")
    return Property("act", "exact", "one step with an embedding of zeros is the block itself")


def is_exact(properties: tuple[Property, ...]) -> bool:
    """Whether the backbone says what the model says, on every text without thought marks."""
    return all(each.verdict == "exact" or each.name == "thought" for each in properties)


@torch.no_grad()
def backbone(model: TinyTitan, depth: int) -> TinyTitan:
    """The plain transformer with the last block `depth` times.

    Args:
        model: stays as it is.
        depth: at least 1; copies of the last block where the model ponders.

    Returns:
        A model on the CPU whose config has no memory, no pondering, no thoughts and no quantisation; ternary
        matrices are their codes times their scale, in fp32.
    """
    old = model.config
    arch = replace(old.arch, num_layers=old.arch.num_layers + depth - 1)
    config = ModelConfig(
        arch=arch, act=ActConfig(enabled=False), ltm=LtmConfig(enabled=False), thought=ThoughtConfig(),
        quant=QuantConfig(subln=old.quant.subln), lineage=old.lineage, tokenizer_hash=old.tokenizer_hash,
    )  # fmt: skip
    tensors = plain_weights(model)
    last = old.arch.num_layers - 1
    kept = {
        name: tensor for name, tensor in tensors.items() if not name.startswith(("ltm.", "act.", "thought."))
    }
    for copy in range(last + 1, arch.num_layers):
        prefix = f"blocks.{last}."
        kept |= {
            f"blocks.{copy}.{name.removeprefix(prefix)}": tensor
            for name, tensor in tensors.items()
            if name.startswith(prefix)
        }
    plain = TinyTitan(config)
    plain.load_state_dict(kept)
    return plain.eval()


def ternary_names(model: TinyTitan, depth: int) -> frozenset[str]:
    """Names of the backbone's matrices that hold three values only."""
    last = model.config.arch.num_layers - 1
    names = {f"{name}.weight" for name, _ in ternary_projections(model)}
    copies = {
        f"blocks.{last + more}.{name.removeprefix(f'blocks.{last}.')}"
        for more in range(1, depth)
        for name in names
        if name.startswith(f"blocks.{last}.")
    }
    return frozenset(names | copies)
