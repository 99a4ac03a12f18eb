"""Which job this is: the names that stand in every record, event, checkpoint and manifest it writes."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class JobIdentity:
    """One attempt of one job of one stage. `index` is None where the stage has a single job."""

    run_id: str
    execution: str
    phase: str
    stage: str
    index: int | None
    job_id: str
    attempt: int

    @property
    def subfolder(self) -> str:
        """What an array child appends to the prefixes of its stage: `<index>/`, else nothing."""
        return "" if self.index is None else f"{self.index}/"

    @property
    def order(self) -> tuple[int, int]:
        """Later executions and attempts compare greater: what fences off a worker that was thought dead."""
        number = self.execution.rpartition("-")[2]
        return (int(number) if number.isdigit() else 0, self.attempt)

    def job(self) -> dict[str, Any]:
        """The job without execution and attempt: equal for everything that may resume from each other."""
        return {"runId": self.run_id, "phase": self.phase, "stage": self.stage, "index": self.index}
