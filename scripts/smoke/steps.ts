/** The steps of the smoke test, each by the verbs that a user has. The middle ones run against a local server as well. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StepFailure, type StepResult, until, type World } from './world.ts';

export interface Step {
  readonly name: string;
  readonly title: string;
  run(world: World): Promise<StepResult>;
}

interface Run {
  readonly id: string;
  readonly status: string;
  readonly endedAt: string | null;
}

export const CORPUS = 'smoke';
export const UPLOAD_FOLDER = 'smoke-upload';
const PARAGRAPH = 'The people of the States have sent their delegates to the Congress of the Union. ';
const TEXTS = 8;

/** Long enough to be stopped, or as short as it can be. */
type Length = 'usual' | 'short';

async function submit(world: World, name: string, length: Length): Promise<Run> {
  const file = join(world.folder, `${name}.json`);
  const document = {
    apiVersion: 'forge/v1',
    name,
    phases: ['cognate'],
    preset: 'test',
    input: { corpus: CORPUS },
    ...(length === 'short' ? { config: { cognate: { steps: 12 } } } : {}),
  };
  writeFileSync(file, JSON.stringify(document));
  // The same key: a step that is done again finds the run that it had begun.
  const key = `${name}-${world.notes.started}`;
  return (await world.forge(['runs', 'create', '-f', file, '--idempotency-key', key])) as Run;
}

async function ended(world: World, id: string): Promise<Run> {
  const run = await until(`the end of run ${id}`, world.patienceSeconds, async () => {
    const seen = (await world.forge(['runs', 'get', id])) as Run;
    return seen.endedAt !== null && seen;
  });
  if (run.status === 'succeeded') return run;
  throw new StepFailure(`run ${id} ended as ${run.status}; see: forge runs get ${id}`);
}

interface AttemptLog {
  readonly phase: string;
  readonly stage: string;
  readonly index: number | null;
}

/** How often the job that was tried most often has been tried: each try has a log of its own. */
async function tries(world: World, id: string): Promise<number> {
  const { items } = (await world.forge(['runs', 'logs', id])) as { readonly items: readonly AttemptLog[] };
  const jobs = items.map(({ phase, stage, index }) => `${phase}/${stage}/${index}`);
  return Math.max(0, ...jobs.map((job) => jobs.filter((other) => other === job).length));
}

async function addTexts(world: World): Promise<StepResult> {
  const folder = join(world.folder, 'texts');
  mkdirSync(folder, { recursive: true });
  for (let index = 0; index < TEXTS; index += 1)
    writeFileSync(join(folder, `${index}.txt`), `${index} ${PARAGRAPH.repeat(40)}`);
  const { corpus } = (await world.forge([
    'corpora',
    'add',
    folder,
    '--name',
    CORPUS,
    '--licence',
    'CC0-1.0',
  ])) as { readonly corpus: { readonly id: string; readonly documents: number } };
  return { found: `corpus ${corpus.id} of ${corpus.documents} texts` };
}

async function tinyRun(world: World): Promise<StepResult> {
  const { id } = await ended(world, (await submit(world, 'smoke-tiny', 'short')).id);
  const { items } = (await world.forge(['models', 'list', '--run', id])) as {
    readonly items: readonly { readonly id: string }[];
  };
  const [model] = items;
  if (!model) throw new StepFailure(`run ${id} succeeded and registered no model`);
  world.notes.model = model.id;
  return { found: `run ${id} succeeded with ${items.length} models` };
}

async function stoppedJob(world: World): Promise<StepResult> {
  const { id } = await submit(world, 'smoke-stopped', 'usual');
  // Asked again after a restart, the machine may have been stopped already.
  world.notes.stopped ??= await world.stopJob(id);
  await ended(world, id);
  const most = await tries(world, id);
  if (most < 2) throw new StepFailure(`run ${id} succeeded, but no job of it was tried again`);
  return { found: `${world.notes.stopped} stopped; run ${id} succeeded, a job of it in ${most} tries` };
}

async function uploadTrigger(world: World): Promise<StepResult> {
  const model = world.notes.model;
  if (!model) throw new StepFailure('the tiny run has left no model to upload');
  const folder = join(world.folder, `model-${Date.now()}`);
  await world.forge(['models', 'export', model, '--to', 'safetensors', '--out', folder]);
  await world.forge(['inbox', 'send', folder, '--folder', UPLOAD_FOLDER, '--licence', 'CC0-1.0']);
  const upload = await until('the run that the upload starts', world.patienceSeconds, async () => {
    const { items } = (await world.forge(['inbox', 'list'])) as {
      readonly items: readonly {
        readonly folder: string;
        readonly status: string;
        readonly runId: string | null;
      }[];
    };
    return items.find((each) => each.folder === UPLOAD_FOLDER);
  });
  if (upload.runId === null) throw new StepFailure(`the upload was not taken: ${upload.status}`);
  await ended(world, upload.runId);
  return { found: `run ${upload.runId} was started by the upload and succeeded` };
}

export const STEPS: readonly Step[] = [
  {
    name: 'deploy',
    title: 'forge infra deploy: a stage of its own, with an upload rule',
    async run(world) {
      const { account, region } = await world.deploy();
      world.notes.account = account;
      world.notes.region = region;
      return { found: `deployed in ${region}` };
    },
  },
  {
    name: 'sign-in',
    title: 'a user in the pool, then forge login by the browser',
    async run(world) {
      await world.signIn();
      return { found: 'signed in' };
    },
  },
  { name: 'texts', title: 'forge corpora add', run: addTexts },
  { name: 'tiny-run', title: 'forge runs create: the first phase at the size of a test', run: tinyRun },
  {
    name: 'stopped-job',
    title: 'the same again, its Spot machine stopped under it; the job is tried again and ends',
    run: stoppedJob,
  },
  { name: 'upload', title: 'forge inbox send: the rule starts a run with the model', run: uploadTrigger },
];
