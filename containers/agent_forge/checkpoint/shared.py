"""Checkpoints of a job that several processes share: rank 0 writes them, and all do the same at once."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from agent_forge import ranks
from agent_forge.checkpoint.store import CheckpointStore, Stop
from agent_forge.errors import ForgeError
from agent_forge.phase import Checkpoint


class SharedCheckpoints:
    """Checkpoints of one of several processes; see agent_forge.phase.Checkpoints.

    Each method is called by all of them, and waits until it is.

    Args:
        store: rank 0 writes to it, all read from it.
        stop: whether this process has been asked to stop; one of them is enough to end all.
        leads: whether this is rank 0.
    """

    def __init__(self, store: CheckpointStore, stop: Stop, leads: bool) -> None:
        self._store = store
        self._stop = stop
        self._leads = leads

    def latest(self) -> Checkpoint | None:
        """The newest checkpoint, read by all before any goes on to replace it.

        Raises:
            ForgeError(conflict): they did not read the same one.
        """
        found = self._store.latest()
        steps = ranks.gather(None if found is None else found.step)
        if len(set(steps)) > 1:
            raise ForgeError(
                "conflict",
                f"The processes of this job read checkpoints of different steps ({steps}); expected one."
                " Another worker may be writing: see that the job runs once, then resume.",
            )
        return found

    def due(self) -> bool:
        """True in all when rank 0's interval has passed, or any of them was asked to stop."""
        return any(ranks.gather(self._store.due() if self._leads else self._stop.requested))

    def save(
        self,
        step: int,
        tensors: Mapping[str, Tensor],
        resume: Any,
        metrics: Mapping[str, float],
        best: bool = False,
    ) -> None:
        """Publish from rank 0; then end all if any was asked to stop.

        Raises:
            ForgeError(preempted): a stop was requested; the checkpoint is published, or being so by rank 0.
            ForgeError(bug): the processes hold different tensors.
        """
        said = ranks.gather({"stop": self._stop.requested, "sums": _sums(tensors)})
        if any(each["sums"] != said[0]["sums"] for each in said):
            raise ForgeError(
                "bug",
                f"The processes of this job hold different weights at step {step}; expected the same bits."
                " Nothing was saved. Resume from the last checkpoint with one process, and report this.",
            )
        if self._leads:
            self._store.save(step, tensors, resume, metrics, best)
        if any(each["stop"] for each in said):
            raise ForgeError(
                "preempted",
                f"Stopped on request; the next attempt goes on from the checkpoint of step {step}.",
            )


def _sums(tensors: Mapping[str, Tensor]) -> list[str]:
    """The bits of one number a tensor, which tell weights apart that have drifted."""
    return [float(tensor.double().sum()).hex() for _, tensor in sorted(tensors.items())]
