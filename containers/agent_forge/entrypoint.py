"""One job from its task spec to its exit code. A fresh process and a forked child both call `run_job`."""

import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, redirect_stdout
from pathlib import Path
from typing import Any

from agent_forge.environment import JobEnvironment, read_job_environment, take_own_device
from agent_forge.errors import ForgeError, classify
from agent_forge.identity import JobIdentity
from agent_forge.progress_lease import ProgressLease
from agent_forge.result_manifest import ResultManifest
from agent_forge.stop import StopRequest
from agent_forge.task_spec import TaskSpec, load_task_spec
from agent_forge.tracking.events import Emit, EventStream

Phases = Mapping[str, str]


def run_job(task_uri: str, environment: Mapping[str, str], phases: Phases | None = None) -> int:
    """Run one job.

    Args:
        task_uri: address of the task spec.
        environment: the process's variables: AWS_BATCH_JOB_*, FORGE_*, and torchrun's where it is one of
            several processes that share the job, of which the first alone writes.
        phases: slug to module name; None for the phases of this image.

    Returns:
        0, or the exit code of the error's kind. It never raises.
    """
    events = EventStream(sys.stdout, environment.get("AWS_BATCH_JOB_ID"))
    # stdout carries events and nothing else, whatever a library prints.
    with redirect_stdout(sys.stderr), StopRequest().listening() as stop:
        try:
            surroundings = read_job_environment(environment)
            if not surroundings.leads:
                events.mute()
            take_own_device(environment)
            spec = load_task_spec(task_uri)
            identity = spec.identify(surroundings)
        except Exception as error:
            return _fail(classify(error), error, events)
        return _run_identified(spec, identity, surroundings, stop, events, phases)


def _run_identified(
    spec: TaskSpec,
    identity: JobIdentity,
    surroundings: JobEnvironment,
    stop: StopRequest,
    events: EventStream,
    phases: Phases | None,
) -> int:
    """Run a job that knows who it is, so that whatever happens is written to its result manifest."""
    result = ResultManifest(identity, spec.output, spec.config, time.monotonic, surroundings.leads)
    member = surroundings.rank, surroundings.ranks
    try:
        if result.already_succeeded(spec.reuse):
            return 0
        with _scratch(surroundings) as work, _lease(spec, surroundings) as lease:
            _run_phase(spec, identity, work, stop, _telling(events, lease), result, phases, member)
    # SystemExit as well: a library that calls sys.exit must not end a job without a result.
    except (Exception, SystemExit) as error:
        return _fail(classify(error), error, events, result)
    return 0


def _run_phase(
    spec: TaskSpec,
    identity: JobIdentity,
    work: Path,
    stop: StopRequest,
    emit: Emit,
    result: ResultManifest,
    phases: Phases | None,
    member: tuple[int, int],
) -> None:
    """Prepare, run the phase, write the result last."""
    # Everything below loads torch: two seconds in which a signal must already be heard and a failure be
    # written.
    from agent_forge.determinism import prepare_process

    prepare_process(spec.seed, spec.threads)
    from agent_forge.context import JobContext
    from agent_forge.ranks import joined
    from agent_forge.registry import PHASES, load_phase

    context = JobContext(spec, identity, work, stop, emit, member)
    phase = load_phase(spec.phase, PHASES if phases is None else phases)
    stop.raise_if_requested("its last checkpoint, or the first step")
    with joined(member):
        try:
            phase.run(context)
            context.publish_curve()
        except (Exception, SystemExit):
            result.measured(context.measurements.records())
            raise
        outputs, records = context.outputs, context.measurements.records()
        result.write_success(outputs.models, records, outputs.artifacts, again=context.again)


def _fail(
    failure: ForgeError, error: BaseException, events: EventStream, result: ResultManifest | None = None
) -> int:
    """Say what went wrong on stderr, as an event and in the result manifest; the exit code of its kind."""
    if failure.kind == "bug":
        traceback.print_exception(error, file=sys.stderr)
    sys.stderr.write(f"agent_forge: {failure.kind}: {failure.message}\n")
    try:
        if failure.kind != "preempted":
            events.emit("error_notification", {"kind": failure.kind, "message": failure.message})
        if result is not None:
            result.write_failure(failure)
    except Exception as second:
        # The exit code still tells the kind; a full disk must not turn into a bug.
        sys.stderr.write(f"agent_forge: the failure could not be recorded: {second!r}\n")
    return failure.exit_code


@contextmanager
def _lease(spec: TaskSpec, surroundings: JobEnvironment) -> Iterator[ProgressLease | None]:
    """The job's lease; None for a task that names none."""
    seconds = surroundings.lease_seconds or spec.lease_seconds
    with nullcontext() if seconds is None else ProgressLease(seconds).held() as lease:
        yield lease


def _telling(events: EventStream, lease: ProgressLease | None) -> Emit:
    """Emits events, each of which is progress."""

    def emit(kind: str, data: Mapping[str, Any]) -> None:
        events.emit(kind, data)
        if lease is not None:
            lease.renew(f"{kind} {data['step']}" if "step" in data else kind)

    return emit


@contextmanager
def _scratch(surroundings: JobEnvironment) -> Iterator[Path]:
    """A folder of this attempt, removed afterwards."""
    if surroundings.scratch is not None:
        surroundings.scratch.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="agent-forge-", dir=surroundings.scratch))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
