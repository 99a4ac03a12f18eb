import { setTimeout as sleep } from 'node:timers/promises';
import type { Alarm } from './alarm.ts';
import type { ProcessIdentity, StopRequest } from './job.ts';
import { groupExists, isAlive, killStragglers, readIfThere, signalGroup } from './process.ts';
import { type AttemptEnd, ESSENTIAL_CONTAINER_EXITED, HOST_LOST, TIMED_OUT } from './verdict.ts';

const KILLED = 128 + 9;
/** How long a killed group may take to leave the process table, and a launcher to tell an exit code it could not file. */
const LAST_BREATH_MILLISECONDS = 1_000;
const BREATH_MILLISECONDS = 5;

export interface Supervision {
  readonly identity: ProcessIdentity;
  readonly jobId: string;
  readonly exitPath: string;
  /** The exit code as its launcher saw it; null for an adopted process. */
  readonly exited: Promise<number | null> | null;
  /** Epoch milliseconds at which the attempt is out of time. */
  readonly deadline: number | null;
  readonly graceMilliseconds: number;
  readonly pollMilliseconds: number;
  readonly alarm: Alarm;
  clock(): number;
  closed(): boolean;
  stop(): StopRequest | null;
  /** Journals the stop before any signal is sent. */
  requestStop(stop: StopRequest): void;
}

/** Watches a process to its end, stopping it when asked; undefined if the runner was closed before. */
export async function superviseProcess(supervision: Supervision): Promise<AttemptEnd | undefined> {
  const { identity, alarm, pollMilliseconds } = supervision;
  let termSent = false;
  while (isAlive(identity)) {
    if (supervision.closed()) return undefined;
    const now = supervision.clock();
    if (!supervision.stop() && supervision.deadline !== null && now >= supervision.deadline) {
      supervision.requestStop({ kind: 'timeout', reason: TIMED_OUT, at: now });
    }
    const stop = supervision.stop();
    if (stop && now - stop.at >= supervision.graceMilliseconds) signalGroup(identity, 'SIGKILL');
    else if (stop && !termSent) termSent = signalGroup(identity, 'SIGTERM');
    await alarm.pause(pollMilliseconds);
  }
  const end = await readEnd(supervision);
  await groupGone(identity.pid);
  return end;
}

async function readEnd({ identity, jobId, exitPath, exited, stop }: Supervision): Promise<AttemptEnd> {
  const filed = readExitCode(exitPath);
  if (filed !== undefined) return exitOf(filed, stop());
  const told = await Promise.race([exited, sleep(LAST_BREATH_MILLISECONDS, null, { ref: false })]);
  // Without an exit record the leader could not clear its own group, so it is done here.
  killStragglers(identity.pid, jobId);
  if (told !== null) return exitOf(told, stop());
  if (stop()) return { exitCode: KILLED, reason: null, statusReason: ESSENTIAL_CONTAINER_EXITED };
  return { exitCode: KILLED, reason: 'Killed from outside together with its group', statusReason: HOST_LOST };
}

function exitOf(exitCode: number, stop: StopRequest | null): AttemptEnd {
  return { exitCode, reason: stop ? null : reasonOf(exitCode), statusReason: ESSENTIAL_CONTAINER_EXITED };
}

/** What a shell's exit code says about a command that did not end by itself. */
function reasonOf(exitCode: number): string | null {
  if (exitCode === KILLED) {
    return 'OutOfMemoryError: the command was killed by SIGKILL, most often because memory ran out';
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
