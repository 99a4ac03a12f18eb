"""Which job this is: the names that stand in every record, event, checkpoint and manifest it writes."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class JobIdentity:
    """One attempt of one job of one stage.

    `index` is None where the stage has a single job, `round` where it runs once. `phase_attempt` counts the
    starts of the phase, `attempt` those of this job: a phase that is tried again submits new jobs.
    """

    run_id: str
    execution: str
    phase: str
    stage: str
    index: int | None
    job_id: str
    attempt: int
    round: int | None = None
    phase_attempt: int = 1

    @property
    def subfolder(self) -> str:
        """What an array child appends to the prefixes of its stage: `<index>/`, else nothing."""
        return "" if self.index is None else f"{self.index}/"

    @property
    def order(self) -> tuple[int, int, int, int]:
        """Later executions, rounds, starts of the phase and attempts compare greater: it fences off a worker
        that was thought dead.

        Rounds count as well, because those of a stage can share one series of checkpoints.
        """
        number = self.execution.rpartition("-")[2]
        return (int(number) if number.isdigit() else 0, self.round or 0, self.phase_attempt, self.attempt)

    def job(self) -> dict[str, Any]:
        """The job without execution, attempt and round: equal for all that share checkpoints."""
        return {"runId": self.run_id, "phase": self.phase, "stage": self.stage, "index": self.index}

    def place(self) -> dict[str, Any]:
        """Whose answer a result is: the job and its round."""
        return {**self.job(), "round": self.round}

    @property
    def path(self) -> str:
        """The place as a path, for ids: `run/phase/stage[/r<round>][/<index>]/`, with a final slash."""
        turn = "" if self.round is None else f"r{self.round}/"
        return f"{self.run_id}/{self.phase}/{self.stage}/{turn}{self.subfolder}"
