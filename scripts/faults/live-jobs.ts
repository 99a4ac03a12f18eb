/** The processes behind the jobs of one home, found by what their launchers leave: claims, and exit records at the end. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from '#local/jobs/job.ts';
import { isAlive, parseClaim } from '#local/jobs/process.ts';

export interface JobProcess {
  readonly jobId: string;
  readonly attempt: number;
  /** Leads the session of everything that the attempt started. */
  readonly leader: ProcessIdentity;
  readonly exitPath: string;
}

const CLAIM = /^attempt-(\d+)\.launch-\d+\.claim$/;

const logsOf = (home: string): string => join(home, '.forge', 'logs', 'jobs');

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Every process that was ever started for a job, dead or alive. */
export function jobProcesses(
  home: string,
  jobs: readonly string[] = readdirSync(logsOf(home)),
): JobProcess[] {
  return jobs.flatMap((jobId) => {
    const folder = join(logsOf(home), jobId);
    return (existsSync(folder) ? readdirSync(folder) : []).flatMap((file): JobProcess[] => {
      const attempt = CLAIM.exec(file)?.[1];
      const leader = attempt && parseClaim(textOf(join(folder, file)));
      if (!leader) return [];
      const exitPath = join(folder, `attempt-${attempt}.exit.json`);
      return [{ jobId, attempt: Number(attempt), leader, exitPath }];
    });
  });
}

/** Those at work: the process lives and has not said how it ended. */
export function liveJobs(home: string): JobProcess[] {
  return jobProcesses(home).filter(({ leader, exitPath }) => isAlive(leader) && !existsSync(exitPath));
}

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
}

/** Every process of the machine that still runs. */
function processTable(): ProcessRow[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): ProcessRow[] => {
      const text = textOf(`/proc/${name}/stat`);
      const [state = 'Z', parent, , session] = text.slice(text.lastIndexOf(')') + 2).split(' ');
      if (text === '' || state === 'Z' || state === 'X') return [];
      return [{ pid: Number(name), parent: Number(parent), session: Number(session) }];
    });
}

/** The process that does the work of a job: a child of its leader. */
export function workerOf({ leader }: JobProcess): number | undefined {
  return processTable().find(({ parent }) => parent === leader.pid)?.pid;
}

/** Processes that are left of some jobs: living leaders, and whatever else is in their sessions. */
export function leftOf(jobs: readonly JobProcess[]): number[] {
  const leaders = jobs.filter(({ leader }) => isAlive(leader)).map(({ leader }) => leader.pid);
  // A session whose leader is gone keeps its number from being given away, so its members are the job's.
  const sessions = new Set(jobs.map(({ leader }) => leader.pid));
  const members = processTable().filter(({ pid, session }) => sessions.has(session) && pid !== session);
  return [...new Set([...leaders, ...members.map(({ pid }) => pid)])];
}

/** Lines of one attempt's standard output that were written to their end. */
export function printedLines(home: string, jobId: string, attempt: number): string[] {
  const text = textOf(join(logsOf(home), jobId, `attempt-${attempt}.ndjson`));
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean);
}
