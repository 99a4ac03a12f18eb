import { setTimeout as sleep } from 'node:timers/promises';
import type { Alarm } from './alarm.ts';
import type { ProcessIdentity, StopRequest } from './job.ts';
import type { Lease } from './lease.ts';
import { groupExists, isAlive, killStragglers, readIfThere, signalGroup } from './process.ts';
import { type AttemptEnd, ESSENTIAL_CONTAINER_EXITED, HOST_LOST, LEASE_LOST, TIMED_OUT } from './verdict.ts';

const KILLED = 128 + 9;
/** How the container leaves when it finds that it makes no progress: by SIGALRM. */
const NO_PROGRESS = 128 + 14;
/** How long a killed group may take to leave the process table, and a launcher to tell an exit code it could not file. */
const LAST_BREATH_MILLISECONDS = 1_000;
const BREATH_MILLISECONDS = 5;

export interface Supervision {
  readonly identity: ProcessIdentity;
  readonly jobId: string;
  readonly exitPath: string;
  /** The exit code as its launcher saw it; null for an adopted process. */
  readonly exited: Promise<number | null> | null;
  /** What is left to the attempt from now on; null for no limit. */
  readonly timeLeftMilliseconds: number | null;
  readonly graceMilliseconds: number;
  readonly pollMilliseconds: number;
  readonly alarm: Alarm;
  readonly lease: Lease;
  clock(): number;
  closed(): boolean;
  stop(): StopRequest | null;
  /** Journals the stop before any signal is sent. */
  requestStop(stop: StopRequest): void;
}

/**
 * Watches a process to its end, stopping it when asked; undefined if the runner was closed before. Periods are measured
 * by the monotonic clock, so that a step of the system's time neither kills a job early nor keeps it alive.
 */
export async function superviseProcess(supervision: Supervision): Promise<AttemptEnd | undefined> {
  const { identity, alarm, pollMilliseconds, timeLeftMilliseconds } = supervision;
  const deadline = performance.now() + (timeLeftMilliseconds ?? Number.POSITIVE_INFINITY);
  let grace: number | undefined;
  let killAt = Number.POSITIVE_INFINITY;
  let silent = false;
  while (isAlive(identity)) {
    if (supervision.closed()) return undefined;
    if (!supervision.stop() && performance.now() >= deadline) {
      supervision.requestStop({ kind: 'timeout', reason: TIMED_OUT, at: supervision.clock() });
    }
    const stop = supervision.stop();
    const wanted = stop ? (stop.graceMilliseconds ?? supervision.graceMilliseconds) : undefined;
    // Again when less time is left than was said at first.
    if (stop && wanted !== undefined && wanted !== grace) {
      if (grace === undefined) signalGroup(identity, 'SIGTERM');
      grace = wanted;
      killAt = performance.now() + graceLeft(supervision, stop, grace);
    }
    silent ||= !stop && supervision.lease.lost();
    // Nothing gentler: what does not run cannot hear a SIGTERM.
    if (silent || performance.now() >= killAt) signalGroup(identity, 'SIGKILL');
    await alarm.pause(pollMilliseconds);
  }
  const end = await readEnd(supervision, silent);
  await groupGone(identity.pid);
  return end;
}

/** Less than the whole period for a stop that was requested before a restart, or with more time at first. */
function graceLeft({ clock }: Supervision, { at }: StopRequest, grace: number): number {
  return Math.max(0, grace - Math.max(0, clock() - at));
}

async function readEnd(
  { identity, jobId, exitPath, exited, stop }: Supervision,
  silent: boolean,
): Promise<AttemptEnd> {
  const filed = readExitCode(exitPath);
  if (filed !== undefined) return exitOf(filed, stop());
  const told = await Promise.race([exited, sleep(LAST_BREATH_MILLISECONDS, null, { ref: false })]);
  // Without an exit record the leader could not clear its own group, so it is done here.
  killStragglers(identity.pid, jobId);
  if (silent) return { exitCode: KILLED, reason: SILENT, statusReason: LEASE_LOST };
  if (told !== null) return exitOf(told, stop());
  if (stop()) return { exitCode: KILLED, reason: null, statusReason: ESSENTIAL_CONTAINER_EXITED };
  return { exitCode: KILLED, reason: 'Killed from outside together with its group', statusReason: HOST_LOST };
}

function exitOf(exitCode: number, stop: StopRequest | null): AttemptEnd {
  return { exitCode, reason: stop ? null : reasonOf(exitCode), statusReason: ESSENTIAL_CONTAINER_EXITED };
}

const SILENT = 'LeaseLost: it wrote nothing for its whole lease and was killed';

/** What a shell's exit code says about a command that did not end by itself. */
function reasonOf(exitCode: number): string | null {
  if (exitCode === KILLED) {
    return 'OutOfMemoryError: the command was killed by SIGKILL, most often because memory ran out';
  }
  if (exitCode === NO_PROGRESS) {
    return 'LeaseLost: it made no progress for its whole lease; the stacks of its threads are in its log';
  }
  if (exitCode === 126 || exitCode === 127) {
    return `CannotStartContainerError: the command could not be executed (exit code ${exitCode}); see the attempt's log`;
  }
  return null;
}

function readExitCode(path: string): number | undefined {
  const text = readIfThere(path);
  const match = text === undefined ? null : /^\{"exitCode":(\d+)\}$/.exec(text.trim());
  return match ? Number(match[1]) : undefined;
}

async function groupGone(groupId: number): Promise<void> {
  for (
    let waited = 0;
    groupExists(groupId) && waited < LAST_BREATH_MILLISECONDS;
    waited += BREATH_MILLISECONDS
  ) {
    await sleep(BREATH_MILLISECONDS);
  }
}
