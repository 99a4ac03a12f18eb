/** What must hold of a run that succeeded in spite of faults; each check answers with what is wrong, or with nothing. */
import type { ForgeEvent } from '#contracts/source/event.ts';
import type { Model } from '#core/domain/model.ts';
import type { Run } from '#core/domain/run.ts';
import { type ServerProcess, until } from '#test/support/server-process.ts';
import { jobProcesses, leftOf, printedLines } from './live-jobs.ts';
import { allEvents } from './toy-run.ts';

/** Types that a container prints; all others are written by the control plane. */
const PRINTED = /^(CheckpointSaved|CheckpointRejected|[a-z_]+)$/;

const ask = async <Body>(server: ServerProcess, method: string, path: string): Promise<Body> => {
  const answer = await server.api<Body>(method, path);
  if (answer.status !== 200) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
};

async function allModels(server: ServerProcess, filter = ''): Promise<readonly Model[]> {
  const models: Model[] = [];
  for (let cursor = ''; ; ) {
    const path = `/v1/models?limit=100${filter}${cursor}`;
    const page = await ask<{ items: Model[]; next: string | null }>(server, 'GET', path);
    models.push(...page.items);
    if (page.next === null) return models;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
}

/** Every model that a run registered: phase, name and the hashes of its weights. */
export async function weightsOf(server: ServerProcess, run: Run): Promise<readonly string[]> {
  const models = await allModels(server, `&run=${run.id}`);
  return models
    .map(({ phase, name, files, properties }) => {
      const weights = files.filter(({ path }) => path.endsWith('.safetensors')).map(({ sha256 }) => sha256);
      return [phase, name, properties.weightsHash, ...weights].join(' ');
    })
    .sort();
}

/** Each model once, named by its phase, with files that verify; versions without gaps. */
async function registryProblems(
  server: ServerProcess,
  run: Run,
  events: readonly ForgeEvent[],
): Promise<string[]> {
  const problems: string[] = [];
  const own = (await allModels(server, `&run=${run.id}`)).map(({ id }) => id).sort();
  const said = events.filter(({ type }) => type === 'ModelRegistered').map(({ data }) => String(data.model));
  if (own.join() !== said.sort().join()) {
    problems.push(`the registry has models ${own} of the run, its events name ${said}`);
  }
  const foreign = run.phases.flatMap(({ outputs }) => outputs).filter((id) => !own.includes(id));
  if (foreign.length > 0) problems.push(`its phases name models ${foreign}, which are not in the registry`);
  for (const id of own) {
    const verdict = await ask<{ ok: boolean }>(server, 'POST', `/v1/models/${id}/verify`);
    if (!verdict.ok) problems.push(`model ${id} does not verify: ${JSON.stringify(verdict)}`);
  }
  const versions = new Map<string, number[]>();
  for (const { name, version } of await allModels(server)) {
    versions.set(name, [...(versions.get(name) ?? []), version]);
  }
  for (const [name, found] of versions) {
    found.sort((a, b) => a - b);
    if (found.some((version, position) => version !== position + 1)) {
      problems.push(`${name} has versions ${found.join(', ')}`);
    }
  }
  return problems;
}

/** How often each thing that happens once was said. */
function repeatedEvents(run: Run, events: readonly ForgeEvent[]): string[] {
  const counts = new Map<string, number>();
  const add = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const { type, phase, data } of events) {
    if (type === 'RunSubmitted' || type === 'RunStarted' || type === 'RunCompleted') add(type);
    if (type === 'PhaseCompleted' || type === 'PhaseReused') add(`end of phase ${phase}`);
    if (type === 'ModelRegistered') add(`ModelRegistered ${data.model}`);
    if (type === 'JobFinished') add(`JobFinished ${data.job}`);
  }
  const wanted = [
    'RunSubmitted',
    'RunStarted',
    'RunCompleted',
    ...run.phases.map(({ slug }) => `end of phase ${slug}`),
  ];
  for (const key of wanted) if (!counts.has(key)) counts.set(key, 0);
  return [...counts]
    .filter(([, count]) => count !== 1)
    .map(([key, count]) => `${key} was said ${count} times`);
}

/** Every line that a job printed is in the log once, whoever was killed before or after it was taken in. */
function lostLines(home: string, events: readonly ForgeEvent[], jobs: readonly string[]): string[] {
  const attempts = new Set(jobProcesses(home, jobs).map(({ jobId, attempt }) => `${jobId} ${attempt}`));
  return [...attempts].flatMap((key) => {
    const [jobId = '', attempt] = key.split(' ');
    const printed = printedLines(home, jobId, Number(attempt)).filter((line) => line.startsWith('{')).length;
    const kept = events.filter(
      (event) =>
        PRINTED.test(event.type) && event.data.job === jobId && event.data.jobAttempt === Number(attempt),
    ).length;
    return printed === kept
      ? []
      : [`attempt ${attempt} of job ${jobId} printed ${printed} lines, ${kept} are kept`];
  });
}

export const jobsOf = (events: readonly ForgeEvent[]): readonly string[] => [
  ...new Set(events.flatMap(({ data }) => (typeof data.job === 'string' ? [data.job] : []))),
];

export function eventProblems(home: string, run: Run, events: readonly ForgeEvent[]): string[] {
  const gap = events.findIndex(({ seq }, position) => seq !== position + 1);
  const problems = gap < 0 ? [] : [`event ${gap + 1} has number ${events[gap]?.seq}`];
  return [...problems, ...repeatedEvents(run, events), ...lostLines(home, events, jobsOf(events))];
}

/** The last lines of a killed attempt may be taken in after the run has ended: what is said of them counts then. */
async function settledEvents(server: ServerProcess, run: Run): Promise<readonly ForgeEvent[]> {
  const read = () => allEvents(server, run.id);
  const whole = async () => {
    const events = await read();
    return eventProblems(server.home, run, events).length === 0 && events;
  };
  return until('a whole event log', 5, whole).catch(read);
}

/** Everything that is wrong with a run that should have ended as if nobody had disturbed it. */
export async function runProblems(
  server: ServerProcess,
  run: Run,
  reference: readonly string[],
): Promise<readonly string[]> {
  if (run.status !== 'succeeded') return [`it is ${run.status}: ${JSON.stringify(run.error)}`];
  const open = run.phases.filter(({ status }) => status !== 'succeeded').map(({ slug }) => slug);
  const weights = await weightsOf(server, run);
  const events = await settledEvents(server, run);
  const processes = jobProcesses(server.home, jobsOf(events));
  const left = await until('the end of all processes', 5, () => leftOf(processes).length === 0).then(
    () => [],
    () => leftOf(processes),
  );
  return [
    ...open.map((slug) => `phase ${slug} did not succeed`),
    ...(weights.join() === reference.join() ? [] : [`weights are ${weights}, undisturbed ones ${reference}`]),
    ...(await registryProblems(server, run, events)),
    ...eventProblems(server.home, run, events),
    ...left.map((pid) => `process ${pid} was left`),
  ];
}
