import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { ProcessIdentity } from './job.ts';

/** Text of a file, or undefined if it is not there (or its process just left /proc: ESRCH). */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw cause;
  }
}

interface Stat {
  readonly state: string;
  readonly group: number;
  readonly session: number;
  readonly startTick: string;
}

/** Fields of /proc/<pid>/stat after the command name, which may itself hold blanks and brackets. */
function parseStat(text: string): Stat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    state: fields[0] ?? '',
    group: Number(fields[2]),
    session: Number(fields[3]),
    startTick: fields[19] ?? '',
  };
}

/** A zombie runs no more, it only waits to be reaped, which some systems' first process does late or never. */
const isDead = (state: string): boolean => state === 'Z' || state === 'X';

const bootId = (): string | undefined => readIfThere('/proc/sys/kernel/random/boot_id')?.trim();

/** The process that has this pid now; undefined if there is none or only a zombie is left. */
export function readIdentity(pid: number): ProcessIdentity | undefined {
  const boot = bootId();
  if (boot === undefined) return readIdentityFromPs(pid);
  const text = readIfThere(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const { state, startTick } = parseStat(text);
  return isDead(state) ? undefined : { pid, birth: `${boot}:${startTick}` };
}

/** For systems without /proc; their `ps` tells the start to the second. */
export function readIdentityFromPs(pid: number): ProcessIdentity | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const [state = '', ...lstart] = line.split(/\s+/);
    return state.startsWith('Z') ? undefined : { pid, birth: lstart.join(' ') };
  } catch {
    return undefined;
  }
}

/** What a launched process wrote about itself: its pid, the boot id (empty without /proc) and its stat line or start. */
export function parseClaim(text: string): ProcessIdentity | undefined {
  const [pid = '', boot = '', birth = ''] = text.split('\n');
  if (!/^\d+$/.test(pid)) return undefined;
  if (boot === '') return { pid: Number(pid), birth: birth.trim().split(/\s+/).join(' ') };
  return { pid: Number(pid), birth: `${boot}:${parseStat(birth).startTick}` };
}

export const isAlive = (identity: ProcessIdentity): boolean =>
  readIdentity(identity.pid)?.birth === identity.birth;

/** Signals the whole group of a living leader; false if the leader is gone (its number may be someone else's by now). */
export function signalGroup(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  return isAlive(identity) && kill(-identity.pid, signal);
}

/** True while a process of the group runs. */
export const groupExists = (groupId: number): boolean =>
  kill(-groupId, 0) &&
  (bootId() === undefined || processes().some(({ group, state }) => group === groupId && !isDead(state)));

/**
 * Kills what a vanished leader left in its session. The number of the session may have been given away again, so only
 * processes that carry the job's id in their environment are touched.
 */
export function killStragglers(sessionId: number, jobId: string): void {
  const mark = `AWS_BATCH_JOB_ID=${jobId}`;
  for (const { pid, session } of bootId() === undefined ? [] : processes()) {
    if (session !== sessionId) continue;
    if (readIfThere(`/proc/${pid}/environ`)?.split('\0').includes(mark)) kill(pid, 'SIGKILL');
  }
}

const processes = (): (Stat & { readonly pid: number })[] =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      const text = readIfThere(`/proc/${entry}/stat`);
      return text === undefined ? [] : [{ pid: Number(entry), ...parseStat(text) }];
    });

function kill(target: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(target, signal);
  } catch (cause) {
    // EPERM: nothing of ours is left there; some systems say so of a group of zombies.
    if (['ESRCH', 'EPERM'].includes((cause as NodeJS.ErrnoException).code ?? '')) return false;
    throw cause;
  }
}
