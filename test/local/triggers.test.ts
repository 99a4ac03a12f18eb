/** What starts by itself on the real server: a real model folder in the inbox, and the clock. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Model } from '#core/domain/model.ts';
import type { Run } from '#core/domain/run.ts';
import type { Upload } from '#core/domain/upload.ts';
import { startSchedules } from '#local/schedules.ts';
import { readTriggers } from '#local/triggers.ts';
import { speeches } from '#test/support/corpora.ts';
import { fixtureTree, PROJECT, removeFixtures } from '#test/support/fixture-tree.ts';
import { removeBundle, ServerProcess, until } from '#test/support/server-process.ts';
import { cleanUp, forge } from '#test/unit/cli/cli-harness.ts';

jest.setTimeout(240_000);

const TRIGGERS = `apiVersion: forge/v1
kind: Triggers
uploads:
  - name: ternary
    pattern: demo-*
    run: {apiVersion: forge/v1, phases: [bitnet], preset: test, input: {corpus: speeches}}
`;
const MANY = { kind: 'Triggers', apiVersion: 'forge/v1' };

afterAll(() => {
  cleanUp();
  removeBundle();
  removeFixtures();
});

describe('the inbox', () => {
  const server = new ServerProcess();
  const bucket = () => join(server.home, '.forge', 'bucket');
  let trained: Model;

  beforeAll(async () => {
    mkdirSync(join(server.home, '.forge'), { recursive: true });
    writeFileSync(join(server.home, '.forge', 'triggers.yaml'), TRIGGERS);
    await server.start();
    await server.addCorpus(speeches(8));
    const { id } = await server.submit('first', { config: { cognate: { steps: 12 } } });
    await server.ended(id, 120);
    const { items } = (await server.api<{ items: Model[] }>('GET', `/v1/models?run=${id}`)).body;
    trained = items[0] as Model;
  });
  afterAll(() => server.end());

  const uploads = async () => (await server.api<{ items: Upload[] }>('GET', '/v1/uploads')).body.items;
  const runs = async () => (await server.api<{ items: Run[] }>('GET', '/v1/runs')).body.items;

  /** Copies files into the inbox by hand, manifest first: it is the server that waits for the rest. */
  function drop(folder: string, files: Readonly<Record<string, Buffer>>): void {
    const root = join(bucket(), 'uploads', 'default', folder);
    mkdirSync(root, { recursive: true });
    const listed = Object.entries(files).map(([path, bytes]) => {
      return { path, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
    });
    writeFileSync(join(root, 'manifest.json'), JSON.stringify({ name: 'from-outside', files: listed }));
    for (const [path, bytes] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), bytes);
    }
  }
  const filesOf = (model: Model) =>
    Object.fromEntries(model.files.map(({ path, uri }) => [path, readFileSync(fileURLToPath(uri))]));

  it('starts the pipeline that the rule names, with the trained model that was put there', async () => {
    drop('demo-a', filesOf(trained));
    const upload = await until('the upload', 60, async () => (await uploads())[0]);
    expect(upload).toMatchObject({ status: 'started', rule: 'ternary', folder: 'demo-a' });
    const run = await server.ended(upload.runId ?? '', 120);
    expect([run.status, run.error, run.phases.map(({ slug }) => slug)]).toEqual([
      'succeeded',
      null,
      ['bitnet'],
    ]);
    expect(run.phases[0]?.inputs).toEqual([upload.modelId]);
    expect(readdirSync(join(bucket(), 'uploads', 'default', 'demo-a'))).toEqual([]);
  });

  /** A line of docs/triggers.md, typed where a model folder lies. */
  const type = (line: string, cwd: string) =>
    forge(line.split(' ').slice(2), { cwd, env: { FORGE_HOME: join(server.home, '.forge') } });

  it('takes a folder from the command line, and says there what became of it', async () => {
    const files = Object.entries(filesOf(trained)).map(
      ([path, bytes]) => [`my-model/${path}`, bytes] as const,
    );
    const cwd = fixtureTree({});
    mkdirSync(join(cwd, 'my-model'));
    for (const [path, bytes] of files) writeFileSync(join(cwd, path), bytes);
    const sent = await type('npx forge inbox send ./my-model --folder demo-mine --licence MIT', cwd);
    expect([sent.exitCode, sent.stderr]).toEqual([0, expect.stringContaining('model.safetensors')]);
    await until('the run', 60, async () => (await uploads()).some(({ folder }) => folder === 'demo-mine'));
    const listed = await type('npx forge inbox list', cwd);
    expect(listed.stdout).toMatch(/demo-mine +started +ternary/);
  });

  it('starts nothing more for the same content', async () => {
    const before = (await runs()).length;
    drop('demo-a', filesOf(trained));
    await until(
      'an empty inbox',
      60,
      () => readdirSync(join(bucket(), 'uploads', 'default', 'demo-a')).length === 0,
    );
    expect((await runs()).length).toBe(before);
    expect(await uploads()).toHaveLength(2);
  });

  it('puts a pickle into quarantine and says why', async () => {
    const pickle = Buffer.from([0x80, 4, 0x95, 1, 0, 0, 0]);
    const root = join(bucket(), 'uploads', 'default', 'demo-b');
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, 'model.safetensors'), pickle);
    const refused = await until('the refusal', 60, async () =>
      (await uploads()).find(({ folder }) => folder === 'demo-b'),
    );
    expect(refused).toMatchObject({ status: 'refused', reason: { code: 'pickle_refused' }, runId: null });
    const [key = ''] = refused.quarantined;
    expect(readFileSync(join(bucket(), key))).toEqual(pickle);
    expect(readdirSync(root)).toEqual([]);
  });
});

describe('the clock', () => {
  it('calls each schedule at its times, with the time that was set', async () => {
    const calls: { schedule: string; at: string }[] = [];
    const [schedule] = readTriggers(
      fixtureTree({
        'triggers.yaml': JSON.stringify({
          ...MANY,
          schedules: [
            {
              name: 'often',
              cron: '* * * * *',
              run: { apiVersion: 'forge/v1', phases: ['cognate'], input: {} },
            },
          ],
        }),
      }),
    ).schedules;
    jest.useFakeTimers({ now: Date.parse('2026-03-01T12:00:10.000Z') });
    const stop = startSchedules(
      schedule ? [schedule] : [],
      async (event) => calls.push(event as (typeof calls)[number]),
      (_, error) => {
        throw error;
      },
    );
    await jest.advanceTimersByTimeAsync(125_000);
    stop();
    await jest.advanceTimersByTimeAsync(120_000);
    jest.useRealTimers();
    expect(calls).toEqual([
      { schedule: 'often', at: '2026-03-01T12:01:00.000Z' },
      { schedule: 'often', at: '2026-03-01T12:02:00.000Z' },
    ]);
  });
});

describe('the triggers document of a home', () => {
  it.each([
    ['kind: Triggers\nkind: Run\n', 'Map keys must be unique'],
    ['apiVersion: forge/v1\nkind: Triggers\nupload: []\n', 'did you mean uploads'],
    ['- 1\n', 'expected object'],
  ])('%j is refused, and the server does not start with half of it', (text, said) => {
    const home = fixtureTree({ 'triggers.yaml': text });
    expect(() => readTriggers(home)).toThrow(said);
  });

  it('of the examples is one', () => {
    const text = readFileSync(join(PROJECT, 'examples', 'triggers.yaml'), 'utf8');
    const { uploads, schedules } = readTriggers(fixtureTree({ 'triggers.yaml': text }));
    expect([uploads.length, schedules.length]).toEqual([1, 1]);
  });

  it('may be missing', () => {
    expect(readTriggers(fixtureTree({}))).toMatchObject({ uploads: [], schedules: [] });
  });
});
