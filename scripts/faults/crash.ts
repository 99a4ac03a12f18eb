/**
 * Kills without notice, in the middle of real runs. What is promised, and so looked at:
 *
 * - The server may be killed any number of times; it goes on where it was.
 * - A job whose whole process group is killed is what a lost machine leaves: it is tried three times, from its newest
 *   checkpoint.
 * - A job whose worker is killed alone ends with exit code 137, which the job queue does not repeat; its phase is tried
 *   three times, and keeps the stages that were complete.
 *
 * So a phase survives as long as it loses fewer than three tries, each to one worker or to three groups of one job. A run
 * here loses at most one worker and five groups, wherever they hit.
 */
import type { Run } from '#core/domain/run.ts';
import type { ServerProcess } from '#test/support/server-process.ts';
import { runProblems, weightsOf } from './check-run.ts';
import { type Kill, planKills, type Target } from './kill-plan.ts';
import type { Outcome } from './outcome.ts';
import { startProgress } from './progress.ts';
import type { Random } from './random.ts';
import { strike } from './strike.ts';
import type { Toy } from './toy-run.ts';

/** How many kills of each kind one run gets at most; each of them is promised to be survived. */
const MOST_PER_RUN: Readonly<Record<Target, number>> = { worker: 1, job: 5, server: 8 };
const MOST_TOGETHER = 6;
const PATIENCE_SECONDS = 120;

interface Campaign {
  readonly toy: Toy;
  readonly random: Random;
  /** Kills that are still to be done. */
  readonly open: Kill[];
  readonly done: Kill[];
  readonly failures: string[];
  runs: number;
  reference: readonly string[];
  tell(): void;
}

const ended = (server: ServerProcess, id: string): Promise<Run> => server.ended(id, PATIENCE_SECONDS);

/** Submits; where the plan says so the server dies with the request, which is then repeated under its key. */
async function submit(campaign: Campaign): Promise<Run> {
  const { toy, random, open } = campaign;
  campaign.runs += 1;
  const key = `crash-${campaign.runs}`;
  const place = open.findIndex(({ moment }) => moment === 'submit');
  if (place < 0) return toy.submit(key);
  const lost = toy.submit(key).catch(() => undefined);
  await new Promise((wake) => setTimeout(wake, random.share() * 30));
  await toy.server.stop('SIGKILL');
  await lost;
  await toy.server.start();
  campaign.done.push(...open.splice(place, 1));
  campaign.tell();
  return toy.submit(key);
}

/** Does kills of the plan to one run until it is over or has had its share. */
async function harass({ toy, random, open, done, tell }: Campaign, run: Run, most: number): Promise<void> {
  const had: Record<Target, number> = { worker: 0, job: 0, server: 0 };
  for (let number = 0; number < most; number += 1) {
    const kill = open.find(({ target, moment }) => moment !== 'submit' && had[target] < MOST_PER_RUN[target]);
    if (!kill || !(await strike(kill, { server: toy.server, run: run.id, random }))) return;
    open.splice(open.indexOf(kill), 1);
    done.push(kill);
    had[kill.target] += 1;
    tell();
  }
}

async function disturbOneRun(campaign: Campaign): Promise<void> {
  const { random, failures } = campaign;
  const { server } = campaign.toy;
  const { id } = await submit(campaign);
  await harass(campaign, await server.run(id), 2 + random.below(MOST_TOGETHER - 1));
  const run = await ended(server, id);
  const problems = await runProblems(server, run, campaign.reference);
  failures.push(...problems.map((problem) => `run ${id}: ${problem}`));
}

function tableOf(done: readonly Kill[]): Outcome['table'] {
  const kinds = [...new Set(done.map(({ target, moment }) => `${target} ${moment}`))].sort();
  const rows = kinds.map((kind) => {
    const [target = '', moment = ''] = kind.split(' ');
    const count = done.filter((kill) => kill.target === target && kill.moment === moment).length;
    return [target, moment, String(count)];
  });
  return [['killed', 'moment', 'kills'], ...rows];
}

export async function crash(toy: Toy, count: number, random: Random): Promise<Outcome> {
  const progress = startProgress('kills', count);
  const { server } = toy;
  const { run: calm } = await toy.calm();
  const reference = await weightsOf(server, calm);
  const done: Kill[] = [];
  const failures = (await runProblems(server, calm, reference)).map(
    (problem) => `undisturbed run: ${problem}`,
  );
  const tell = () => progress.done(done.length);
  const campaign: Campaign = {
    toy,
    random,
    open: planKills(count, random),
    done,
    failures,
    runs: 0,
    reference,
    tell,
  };
  while (campaign.open.length > 0) {
    const before = failures.length;
    await disturbOneRun(campaign);
    // One sign that something is broken is enough; more kills would only repeat it.
    if (failures.length > before) break;
  }
  const notes = [
    `${campaign.runs} runs were disturbed, ${reference.length} models of each compared with an undisturbed run.`,
  ];
  return { table: tableOf(done), notes, passed: failures.length === 0 ? done.length : 0, failures };
}
