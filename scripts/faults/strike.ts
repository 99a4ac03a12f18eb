/** One kill: waits for its moment, makes sure that the victim is at work, and that the kill and nothing else ended it. */
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '#local/jobs/process.ts';
import { type ServerProcess, until } from '#test/support/server-process.ts';
import type { Kill, Moment } from './kill-plan.ts';
import { type JobProcess, jobProcesses, liveJobs, workerOf } from './live-jobs.ts';
import type { Random } from './random.ts';
import { allEvents, isOver, REDUCES } from './toy-run.ts';

/** How long after the begin of a moment the kill may come. */
const SPREAD: Readonly<Record<Moment, number>> = {
  submit: 30,
  start: 150,
  training: 900,
  evaluation: 500,
  handover: 60,
  any: 1_500,
};
const LOOK_MILLISECONDS = 10;

export interface Victim {
  readonly server: ServerProcess;
  readonly run: string;
  readonly random: Random;
}

const isRunOver = async ({ server, run }: Victim): Promise<boolean> => isOver(await server.run(run));

/** Whether the job at work does what the moment asks for; which stage it belongs to stands in the event log. */
async function isAt(moment: Moment, { jobId }: JobProcess, { server, run }: Victim): Promise<boolean> {
  if (moment !== 'training' && moment !== 'evaluation') return true;
  const events = await allEvents(server, run);
  const stage = events.find(({ data }) => data.job === jobId)?.data.stage;
  return typeof stage === 'string' && REDUCES.has(stage) === (moment === 'evaluation');
}

const nameOf = ({ leader }: JobProcess): string => leader.birth;

/** Waits for the begin of the moment and a while of chance; false when the run is over before it comes. */
async function comes(moment: Moment, victim: Victim): Promise<boolean> {
  const { server, random } = victim;
  const known = new Set(jobProcesses(server.home).map(nameOf));
  const atWork = new Set<string>();
  for (let looks = 0; ; looks += 1) {
    const live = liveJobs(server.home);
    const begun =
      moment === 'any' ||
      (moment === 'start' && live.some((job) => !known.has(nameOf(job)))) ||
      (moment === 'handover' && [...atWork].some((name) => !live.some((job) => nameOf(job) === name)));
    if (begun) break;
    if (moment === 'training' || moment === 'evaluation') {
      const at = await Promise.all(live.map((job) => isAt(moment, job, victim)));
      if (at.includes(true)) break;
    }
    for (const job of live) atWork.add(nameOf(job));
    if (looks % 10 === 0 && (await isRunOver(victim))) return false;
    await sleep(LOOK_MILLISECONDS);
  }
  await sleep(random.share() * SPREAD[moment]);
  return true;
}

async function killServer(victim: Victim): Promise<boolean> {
  if (await isRunOver(victim)) return false;
  await victim.server.stop('SIGKILL');
  // The jobs go on alone for a while.
  await sleep(victim.random.share() * 300);
  await victim.server.start();
  return true;
}

/** False if it ended by itself before the signal. */
async function killJob(target: 'job' | 'worker', job: JobProcess): Promise<boolean> {
  const pid = target === 'job' ? -job.leader.pid : workerOf(job);
  if (pid === undefined || !isAlive(job.leader) || existsSync(job.exitPath)) return false;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
  await until(`the end of process ${pid}`, 5, () => !isAlive(job.leader));
  if (target === 'job') return !existsSync(job.exitPath);
  return existsSync(job.exitPath) && readFileSync(job.exitPath, 'utf8').includes('137');
}

/** Does one kill; false when the run was over before a victim was found in the right moment. */
export async function strike({ target, moment }: Kill, victim: Victim): Promise<boolean> {
  while (await comes(moment, victim)) {
    if (target === 'server') return killServer(victim);
    const live = liveJobs(victim.server.home);
    if (live.length > 0 && (await killJob(target, victim.random.pick(live)))) return true;
    if (await isRunOver(victim)) return false;
  }
  return false;
}
