"""Where a job of a forked run begins: a checkpoint of the run that it was forked from."""

from collections.abc import Collection
from dataclasses import dataclass

# Leaves of a job's fingerprint that a fork may change. Its phase, stage and inputs are what the tensors mean.
_CHANGEABLE = ("config", "seed", "threads")


@dataclass(frozen=True)
class ResumePoint:
    """One checkpoint, named by the SHA-256 of its manifest.

    Args:
        step: the step it was taken after.
        sha256: of its manifest below the checkpoint prefix of this job.
        accept_settings: permits that its settings, seed or threads were other ones.
    """

    step: int
    sha256: str
    accept_settings: bool

    def allows(self, sha256: str, differs: Collection[str]) -> bool:
        """Whether a job may go on from a manifest although its fingerprint differs in these dotted keys."""
        changeable = all(key.partition(".")[0] in _CHANGEABLE for key in differs)
        return self.accept_settings and sha256 == self.sha256 and changeable
