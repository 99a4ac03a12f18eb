"""The card of a prompt vector: which prompt, taken from which weights, how, and on what."""

import hashlib
from pathlib import Path
from typing import Any

from agent_forge.models.folder import weights_hash
from agent_forge.phase import PhaseContext
from agent_forge.phases.baking.config import LOW_RANK, BakingConfig
from agent_forge.phases.baking.oven import VECTOR, Oven
from agent_forge.phases.baking.prompts import Prompt


def vector_card(
    context: PhaseContext, config: BakingConfig, oven: Oven, prompt: Prompt, model_id: str, folder: Path
) -> dict[str, Any]:
    """Everything that a reader needs to add the vector to the weights it belongs to, and to nothing else.

    Args:
        oven: as it was before this bake.
        folder: of the model that the phase was given.
    """
    assert oven.next is not None
    low_rank = {"rank": config.rank, "alpha": config.alpha} if config.method == LOW_RANK else {}
    return {
        "schemaVersion": 1,
        "prompt": {
            "name": prompt.name, "text": prompt.text,
            "sha256": hashlib.sha256(prompt.text.encode()).hexdigest(), "round": oven.next.round,
        },
        "vector": {
            "sha256": _sha256(context.work / f"{VECTOR}.safetensors"), "method": config.method, **low_rank,
        },
        "base": {
            "modelId": model_id, "weights": weights_hash(folder), "strength": config.strength,
            "vectors": [_sha256(each.vector) for each in oven.files],
        },
        "answers": {
            "count": config.answers, "tokens": config.answer_tokens, "temperature": config.temperature,
            "inputs": "of the prompt" if prompt.inputs else "openings of the run's corpus, train side",
        },
        "runId": context.run_id, "seed": context.seed,
    }  # fmt: skip


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
