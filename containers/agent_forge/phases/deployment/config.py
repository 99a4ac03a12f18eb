"""Settings of phase 7: those of every target are fields, those of one target a mapping by its name."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

from agent_forge.settings import PhaseSettings


@dataclass(frozen=True, kw_only=True)
class DeploymentConfig(PhaseSettings):
    """Resolved settings; defaults and bounds stand in the contract. Lengths are in tokens."""

    slug: ClassVar[str] = "deployment"

    target: str
    variants: list[str]
    batches: list[int]
    sequences: list[int]
    thread_counts: list[int]
    warm_ups: int
    calls: int
    decode_tokens: int
    parity_batches: int
    parity_tokens: int
    block_size: int
    seq_len: int
    batch_size: int
    train_tokens: int
    held_out_tokens: int
    held_out_every: int
    eval_batch_size: int
    log_every: int
    # What is named after a target, by its whole name: `cloud_p95_ms`, `edge_prune`, ...
    of_targets: dict[str, Any]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """Read the resolved settings; what is no field belongs to a target.

        Raises:
            ForgeError(validation): a key is missing, or nothing can be built from the values.
        """
        known = {field.name for field in fields(cls)} - {"of_targets"}
        split = {key: value for key, value in document.items() if key in known}
        split["of_targets"] = {key: value for key, value in document.items() if key not in known}
        return super().of(split)

    def own(self, target: str) -> dict[str, Any]:
        """The settings of a target, without its name in front: `p95_ms` of `cloud_p95_ms`."""
        prefix = f"{target}_"
        return {
            key.removeprefix(prefix): value
            for key, value in self.of_targets.items()
            if key.startswith(prefix)
        }

    def to_json(self) -> dict[str, Any]:
        """The settings as a document, flat as they came."""
        document = super().to_json()
        own = document.pop("of_targets")
        return {**document, **own}
