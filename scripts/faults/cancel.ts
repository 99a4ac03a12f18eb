/**
 * Cancels runs at random moments of their life. Each must be `cancelled`, with none of its processes left, within ten
 * seconds of the request. A run that was over before the request came does not count.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ForgeEvent } from '#contracts/source/event.ts';
import type { Run } from '#core/domain/run.ts';
import { type ServerProcess, until } from '#test/support/server-process.ts';
import { jobsOf } from './check-run.ts';
import { jobProcesses, leftOf, liveJobs } from './live-jobs.ts';
import { type Outcome, quantileOf } from './outcome.ts';
import { startProgress } from './progress.ts';
import type { Random } from './random.ts';
import { allEvents, isOver, REDUCES, type Toy } from './toy-run.ts';

const LIMIT_SECONDS = 10;
/** Longer than the limit, so that what is never done is told from what is late. */
const PATIENCE_SECONDS = 60;
/** Trials that come too late are repeated, but not for ever. */
const TRIALS_PER_CANCEL = 5;
/** Minutes of measuring in which nothing looks whether it should stop. */
const LONG_EVALUATION = { cognate: { steps: 2, probe_items: 10_000 } };

interface Trial {
  /** What the run was at when it was cancelled. */
  readonly at: string;
  readonly cancelledSeconds: number;
  readonly goneSeconds: number;
  readonly problems: readonly string[];
}

/** The stages whose jobs had begun and not ended, or what came before and after. */
function doing(run: Run, events: readonly ForgeEvent[]): string {
  if (run.status === 'queued') return 'queued';
  const jobs = new Map<unknown, ForgeEvent>();
  for (const event of events) if (event.type.startsWith('Job')) jobs.set(event.data.job, event);
  const stages = (type: string) =>
    [...jobs.values()].filter((event) => event.type === type).map(({ data }) => data.stage);
  const [running] = stages('JobStarted');
  const [waiting] = stages('JobSubmitted');
  if (running) return `job at work: ${running}`;
  if (waiting) return `job waiting: ${waiting}`;
  return jobs.size > 0 ? 'between jobs' : 'before the first job';
}

/** Null when the run was over before. */
async function cancelNow(server: ServerProcess, id: string): Promise<Trial | null> {
  const before = await server.run(id);
  if (isOver(before)) return null;
  const at = doing(before, await allEvents(server, id));
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const { status, body } = await server.api<Run>('POST', `/v1/runs/${id}/cancel`);
  if (body.status === 'succeeded') return null;
  const { status: end } = await server.ended(id, PATIENCE_SECONDS);
  const cancelledSeconds = seconds();
  const processes = jobProcesses(server.home, jobsOf(await allEvents(server, id)));
  const none = await until(
    'the end of all processes',
    PATIENCE_SECONDS,
    () => leftOf(processes).length === 0,
  ).catch(() => false);
  const goneSeconds = seconds();
  const problems = [
    ...(status === 200 || status === 202 ? [] : [`the request was answered with ${status}`]),
    ...(end === 'cancelled' ? [] : [`it ended ${end}`]),
    ...(none ? [] : [`processes ${leftOf(processes)} were left`]),
    ...(goneSeconds <= LIMIT_SECONDS ? [] : [`it took ${goneSeconds.toFixed(1)} s`]),
  ].map((problem) => `run ${id}, cancelled while ${at}: ${problem}`);
  return { at, cancelledSeconds, goneSeconds, problems };
}

type Scene = (toy: Toy, key: string, random: Random) => Promise<(Trial | null)[]>;

const whenever: Scene = async ({ server, submit, calm }, key, random) => {
  const { seconds: lifeSeconds } = await calm();
  const { id } = await submit(key);
  await sleep(random.share() * lifeSeconds * 1000);
  return [await cancelNow(server, id)];
};

/** Behind runs that take the whole machine. */
const inLine: Scene = async ({ server, submit }, key, random) => {
  const ids: string[] = [];
  for (const name of ['first', 'second', 'third']) ids.push((await submit(`${key}-${name}`)).id);
  await sleep(random.share() * 1000);
  return Promise.all(ids.reverse().map((id) => cancelNow(server, id)));
};

const whileMeasuring: Scene = async ({ server, submit }, key, random) => {
  const { id } = await submit(key, LONG_EVALUATION);
  await until('a job that measures', PATIENCE_SECONDS, async () =>
    (await allEvents(server, id)).some(
      ({ type, data }) => type === 'JobStarted' && REDUCES.has(String(data.stage)),
    ),
  );
  await sleep(random.share() * 2000);
  return [await cancelNow(server, id)];
};

const SCENES: readonly Scene[] = [whenever, whileMeasuring, inLine, whenever, inLine];

function tableOf(trials: readonly Trial[]): Outcome['table'] {
  const places = [...new Set(trials.map(({ at }) => at))].sort();
  const row = (name: string, chosen: readonly Trial[]) => {
    const cancelled = chosen.map((trial) => trial.cancelledSeconds);
    const gone = chosen.map((trial) => trial.goneSeconds);
    const figures = [
      quantileOf(cancelled, 0.95),
      quantileOf(cancelled, 1),
      quantileOf(gone, 0.95),
      quantileOf(gone, 1),
    ];
    return [name, String(chosen.length), ...figures.map((figure) => figure.toFixed(2))];
  };
  return [
    ['cancelled while', 'runs', 'cancelled p95 s', 'max s', 'no process p95 s', 'max s'],
    ...places.map((place) =>
      row(
        place,
        trials.filter(({ at }) => at === place),
      ),
    ),
    row('all', trials),
  ];
}

export async function cancel(toy: Toy, count: number, random: Random): Promise<Outcome> {
  const progress = startProgress('cancels', count);
  const trials: Trial[] = [];
  let late = 0;
  for (let turn = 0; trials.length < count && turn < count * TRIALS_PER_CANCEL; turn += 1) {
    const scene = SCENES[turn % SCENES.length] as Scene;
    for (const trial of await scene(toy, `cancel-${turn}`, random)) {
      if (trial && trials.length < count) trials.push(trial);
      else if (!trial) late += 1;
    }
    progress.done(trials.length);
  }
  // A job that was about to start when its run was cancelled would show by now.
  await sleep(1000);
  const stray = liveJobs(toy.server.home).map(({ jobId }) => `job ${jobId} works for a cancelled run`);
  const missing =
    trials.length < count ? [`only ${trials.length} of ${count} runs were alive when cancelled`] : [];
  const failures = [...trials.flatMap(({ problems }) => problems), ...stray, ...missing];
  const notes = [
    `Limit ${LIMIT_SECONDS} s. ${late} runs were over before they could be cancelled and do not count.`,
  ];
  return {
    table: tableOf(trials),
    notes,
    passed: trials.filter(({ problems }) => problems.length === 0).length,
    failures,
  };
}
