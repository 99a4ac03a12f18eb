/** The built command line against the built server: from an empty home to a trained, verified and listed model. */
import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { commandTree, everyNode } from '#cli/completion/command-tree.ts';
import { buildProgram } from '#cli/program.ts';
import { until } from '#test/support/server-process.ts';
import { forge as forgeHere } from '#test/unit/cli/cli-harness.ts';
import { cliHome, type Ended, type Started, TINY_DOCUMENT } from '#test/unit/cli/cli-process.ts';
import { answerOf, component, outputOf } from '#test/unit/cli/output-schemas.ts';
import { ROWS, TESTED_BELOW } from './printed-rows.ts';

const ROOT = dirname(dirname(__dirname));

const { home, start, run: forge, json, end } = cliHome();
const file = join(home, 'tiny.yaml');

interface Model {
  readonly id: string;
  readonly status: string;
  readonly recordVersion: number;
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}

let demo: Ended;
let server: Started;
let run = '';

/** RUN and FILE stand for what is known only while the tests run. */
const wordsOf = (words: readonly string[]): readonly string[] =>
  words.map((word) => (word === 'RUN' ? run : word === 'FILE' ? file : word.replace('HOME', home)));

/** Where the bytes of a model's file lie. */
function bytesPath({ files }: Model, name: string): string {
  const { sha256 = '' } = files.find(({ path }) => path === name) ?? {};
  return execFileSync('find', [home, '-name', `${sha256}*`, '-type', 'f'], { encoding: 'utf8' }).trim();
}

beforeAll(async () => {
  writeFileSync(file, TINY_DOCUMENT);
  mkdirSync(join(home, 'texts'));
  writeFileSync(join(home, 'texts', 'one.txt'), 'A text of my own.');
  demo = await forge(['demo', '--file', file]);
  run = /run (\w{26})/.exec(demo.stderr)?.[1] ?? '';
  server = start(['serve']);
  await server.heard('listens on');
}, 90_000);

afterAll(end);

describe('forge demo', () => {
  it('starts a server, registers the text, trains, shows the result and leaves nothing running', () => {
    expect(demo.exitCode).toBe(0);
    expect(demo.stderr).toMatch(
      /server started on (http:\/\/127\.0\.0\.1:\d+)\ndashboard, while this runs: \1\/\ncorpus sotu: 233 documents/,
    );
    expect(demo.stderr).toContain('phase cognate succeeded');
    expect(demo.stderr).toContain('server stopped');
    expect(demo.stdout).toMatch(/^tiny: succeeded in /);
    expect(demo.stdout).toMatch(/memory +\d\.\d+ +[\d.]+\n/);
    expect(demo.stdout).toMatch(/gates: \d+ of 13 passed/);
    expect(demo.stdout).toMatch(/tiny-memory@1 +variant +\w{26}/);
  });

  it('says where the report lies', () => {
    const path = /report: (.*report\.json)/.exec(demo.stderr)?.[1] ?? '';
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ run: { id: run, status: 'succeeded' } });
  });
});

describe('with --json', () => {
  it.each(ROWS)(
    '%j prints one document on stdout, and it keeps to its schema',
    async (words, schema, shape) => {
      const printed = await json(wordsOf(words));
      expect(schema.safeParse(printed).error).toBeUndefined();
      expect(printed).toMatchObject(shape);
    },
  );

  it('no verb is left out of these tests', () => {
    const verbs = everyNode(commandTree(buildProgram(async () => undefined)))
      .filter(({ children }) => children.length === 0)
      .map(({ path }) => path);
    const rows = ROWS.flatMap(([[noun = '', verb = '']]) => [`/${noun}`, `/${noun}/${verb}`]);
    expect(verbs.filter((path) => !rows.includes(path) && !TESTED_BELOW.includes(path))).toEqual([]);
  });

  it('a field that nobody has documented would fail these tests', async () => {
    const found = (await json(['models', 'get', 'tiny-base'])) as Model;
    const schema = component('Model');
    expect(schema.safeParse(found).success).toBe(true);
    expect(schema.safeParse({ ...found, secret: 1 }).success).toBe(false);
    expect(schema.safeParse({ ...found, files: [{ ...found.files[0], secret: 1 }] }).success).toBe(false);
  });

  it('records inside of what a verb puts together are those of the API', async () => {
    const watched = (await json(['runs', 'watch', run])) as { run: unknown };
    expect(component('Run').safeParse(watched.run).error).toBeUndefined();
    const added = (await json(['corpora', 'add', join(home, 'texts'), '--name', 'own'])) as {
      corpus: unknown;
    };
    expect(component('Corpus').safeParse(added.corpus).error).toBeUndefined();
  });

  it('prints every event of a run as a line, from the first to the last', async () => {
    const { stdout } = await forge(['runs', 'watch', run, '--events', '-q']);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { seq: number; type: string });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, position) => position + 1));
    expect(events.at(-1)?.type).toBe('RunCompleted');
    const schema = component('event');
    expect(events.filter((event) => !schema.safeParse(event).success)).toEqual([]);
  });
});

describe('the life of a model', () => {
  const act = async (...words: readonly string[]): Promise<Model> => {
    const printed = await json(['models', ...words]);
    expect(component('Model').safeParse(printed).error).toBeUndefined();
    return printed as Model;
  };

  it('goes from active to archived, quarantined and deleted, and comes back each time', async () => {
    const name = 'tiny-adaptive';
    const because = ['--reason', 'a test'];
    expect(await act('promote', name, '--alias', 'best')).toMatchObject({ aliases: ['best'] });
    expect(await json(['models', 'get', `${name}@best`])).toMatchObject({ name, version: 1 });
    expect(await act('archive', name, ...because)).toMatchObject({ status: 'archived' });
    expect(await forge(['models', 'get', name])).toMatchObject({
      exitCode: 5,
      stderr: expect.stringContaining('tiny-adaptive@1 is archived'),
    });
    expect(await act('restore', name, ...because)).toMatchObject({ status: 'active' });
    expect(await act('quarantine', name, ...because)).toMatchObject({ status: 'quarantined' });
    expect(await act('restore', name, ...because)).toMatchObject({ status: 'active' });
    expect(await act('delete', name, '--yes')).toMatchObject({ status: 'deleted', tombstone: {} });
    const listed = await json(['models', 'list', '--status', 'deleted']);
    expect(answerOf('GET /v1/models').safeParse(listed).error).toBeUndefined();
    expect(listed).toMatchObject({ items: [{ name }] });
    const back = await act('restore', name, ...because);
    expect(back).toMatchObject({
      status: 'active',
      statusChanges: [{}, {}, {}, {}, {}, { reason: 'a test' }],
    });
  });

  it('cannot end while others were made from it: exit code 6, and each is named', async () => {
    const ended = await forge(['models', 'delete', 'tiny-base', '--yes']);
    expect(ended).toMatchObject({ exitCode: 6, stdout: '' });
    for (const name of ['tiny-memory@1', 'tiny-reasoning@1', 'tiny-adaptive@1'])
      expect(ended.stderr).toContain(`model ${name} (`);
  });

  it('begins elsewhere: a folder is imported once, however often it is sent', async () => {
    const folder = join(home, 'from-elsewhere');
    mkdirSync(folder);
    const base = (await json(['models', 'get', 'tiny-base'])) as Model;
    for (const name of ['model.safetensors', 'config.json', 'tokenizer.json'])
      copyFileSync(bytesPath(base, name), join(folder, name));
    writeFileSync(join(folder, 'pytorch_model.bin'), 'pickled');
    const argv = ['models', 'import', folder, '--licence', 'MIT'];
    const first = (await json(argv)) as { model: Model };
    expect(outputOf('models-import').safeParse(first).error).toBeUndefined();
    expect(component('Model').safeParse(first.model).error).toBeUndefined();
    expect(first).toMatchObject({
      model: { name: 'from-elsewhere', version: 1, licence: 'MIT', runId: null },
      leftOut: [{ path: 'pytorch_model.bin' }],
    });
    expect(await json(argv)).toEqual(first);
    expect(await json(['models', 'diff', 'from-elsewhere', 'tiny-base'])).toMatchObject({
      weights: { same: true },
      settings: null,
    });
  });

  it('does not begin with weights that are none: exit code 2, with the reason', async () => {
    const folder = join(home, 'broken');
    mkdirSync(folder);
    const base = (await json(['models', 'get', 'tiny-base'])) as Model;
    for (const name of ['config.json', 'tokenizer.json'])
      copyFileSync(bytesPath(base, name), join(folder, name));
    writeFileSync(join(folder, 'model.safetensors'), '{}');
    const ended = await forge(['models', 'import', folder, '--json']);
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toContain('header_too_small');
  });
});

describe('a preset', () => {
  it('is saved, used, changed and deleted', async () => {
    const preset = join(home, 'short.yaml');
    writeFileSync(preset, 'name: short\ndescription: brief\nconfig: { cognate: { steps: 7 } }\n');
    const saved = await json(['presets', 'save', preset]);
    expect(component('Preset').safeParse(saved).error).toBeUndefined();
    expect(saved).toMatchObject({ name: 'short', builtIn: false, recordVersion: 1 });
    expect(await json(['plan', file, '--set', 'preset=short', '--set', 'config={}'])).toMatchObject({
      phases: [{ config: { steps: 7 } }],
    });
    const printed = await forge(['presets', 'get', 'short']);
    writeFileSync(preset, printed.stdout.replace('steps: 7', 'steps: 8'));
    expect(await json(['presets', 'save', preset, '--name', 'short'])).toMatchObject({ recordVersion: 2 });
    const deleted = await json(['presets', 'delete', 'short', '--yes']);
    expect(outputOf('presets-delete').safeParse(deleted).error).toBeUndefined();
    expect((await forge(['presets', 'get', 'short'])).exitCode).toBe(5);
    expect(await json(['presets', 'save', join(ROOT, 'examples', 'preset.yaml')])).toMatchObject({
      name: 'narrow',
    });
  });

  it('is refused with the place of what is wrong, and nothing is saved', async () => {
    const preset = join(home, 'wrong.yaml');
    writeFileSync(preset, 'name: wrong\nconfig:\n  cognate: { stepps: 7 }\n');
    const ended = await forge(['presets', 'save', preset]);
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toContain('wrong.yaml:3:14: stepps is not a known field; did you mean steps?');
    expect((await forge(['presets', 'get', 'wrong'])).exitCode).toBe(5);
    expect((await forge(['presets', 'delete', 'test', '--yes'])).exitCode).toBe(6);
  });
});

describe('forge gc', () => {
  it('says what it would free, asks before it does, and frees that', async () => {
    const preview = (await json(['gc', '--run', run, '--dry-run'])) as { total: { count: number } };
    expect(preview.total.count).toBeGreaterThan(0);
    const unasked = await forge(['gc', '--run', run]);
    expect(unasked).toMatchObject({ exitCode: 2, stdout: '' });
    const freed = await json(['gc', '--run', run, '--yes']);
    expect(component('GarbageReport').safeParse(freed).error).toBeUndefined();
    expect(freed).toMatchObject({ dryRun: false, total: preview.total });
    expect(await json(['gc', '--run', run, '--dry-run'])).toMatchObject({ total: { count: 0 } });
    expect(await json(['models', 'verify', 'tiny-memory'])).toMatchObject({ ok: true });
  });
});

describe('for people', () => {
  it.each([
    [['runs', 'list'], /tiny +succeeded +1\/1/],
    [['runs', 'get', 'RUN'], /cognate +succeeded/],
    [['runs', 'report', 'RUN'], /^# tiny: succeeded/],
    [['models', 'list'], /tiny-base@1 +- +base +cognate +active/],
    [['models', 'get', 'tiny-base'], /model\.safetensors/],
    [['models', 'lineage', 'tiny-memory'], /└─ continued-from tiny-base@1/],
    [['models', 'lineage', 'tiny-memory', '--format', 'dot'], /^digraph lineage/],
    [['models', 'verify', 'tiny-base'], /model\.safetensors +ok/],
    [['phases', 'describe', 'cognate'], /base, variants × 3, evaluate[\s\S]*\nsteps +350 +Optimizer steps/],
    [
      ['models', 'diff', 'tiny-memory', 'tiny-base'],
      /config\.json\n[\s\S]*act\.tau[\s\S]*differ, compared by their hash/,
    ],
    [['runs', 'diff', 'RUN', 'RUN'], /Asked for: the same\n\nOutcome: the same/],
    [['gc', '--dry-run'], /would be freed/],
    [['presets', 'get', 'test'], /steps: 40/],
    [['plan', 'FILE'], /base, variants × 3, evaluate +5/],
    [['doctor'], /ok +server/],
  ])('%j prints text', async (words, text) => {
    // In this process: what a process of its own adds is tested above.
    const { exitCode, stdout } = await forgeHere(wordsOf(words), { env: { FORGE_HOME: home } });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(text);
  });
});

describe('examples/curl.md', () => {
  it('can be typed from top to bottom', async () => {
    const text = readFileSync(join(ROOT, 'examples', 'curl.md'), 'utf8');
    const script = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block).join('\n');
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: ROOT,
      env: { ...process.env, FORGE_HOME: home },
    });
    expect(stdout).toContain('"name":"two-texts"');
    expect(stdout).toContain('event: RunCancelled');
    expect(stdout).toContain('# by-hand: cancelled');
    expect(stdout).toContain('did you mean phases?');
  }, 30_000);
});

describe('exit codes', () => {
  it.each([
    { code: 5, argv: ['runs', 'get', '01J00000000000000000000000'], env: {} },
    { code: 5, argv: ['models', 'get', 'nobody@3'], env: {} },
    { code: 5, argv: ['models', 'get', 'tiny-base@first'], env: {} },
    { code: 2, argv: ['models', 'get', 'tiny-base@01'], env: {} },
    { code: 2, argv: ['plan', 'FILE', '--set', 'phases=[cognate, quiet-star]'], env: {} },
    {
      code: 2,
      argv: ['runs', 'create', '-f', 'FILE', '--set', 'phases=[1, 2, 3, 4, 5, 6, 7, 8, 9]'],
      env: {},
    },
    { code: 4, argv: ['runs', 'list'], env: { FORGE_TOKEN: 'wrong' } },
    { code: 6, argv: ['serve'], env: {} },
  ])('$argv ends with $code', async ({ code, argv, env }) => {
    const ended = await forge(wordsOf(argv), env);
    expect(ended).toMatchObject({ exitCode: code, stdout: '' });
    expect(ended.stderr).not.toMatch(/\n\s+at /);
  });

  it('is 130 after Ctrl-C, with the way back; the run goes on until it is cancelled, and then it is 1', async () => {
    // Long enough to be still running when it is cancelled, on any machine.
    const long = ['--set', 'config.cognate.steps=20000', '--set', 'config.cognate.log_every=1000'];
    const create = ['runs', 'create', '-f', file, ...long, '--idempotency-key', 'K1'];
    const watching = start([...create, '--watch']);
    await watching.heard('phase cognate started');
    watching.child.kill('SIGINT');
    const { exitCode, stderr } = await watching.ended;
    const id = /npx forge runs watch (\w{26})/.exec(stderr)?.[1] ?? '';
    expect(exitCode).toBe(130);
    expect(await json(['runs', 'get', id])).toMatchObject({ status: 'running' });
    const again = await forge(create);
    expect(again).toMatchObject({ exitCode: 0, stdout: `${id}\n` });
    const other = await forge([...create, '--set', 'seed=2']);
    expect(other).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('was used for another document'),
    });

    // A real job writes its checkpoint and ends, and the run goes on from it under its next execution.
    expect(await json(['runs', 'pause', id])).toMatchObject({ id, phases: [{ error: null }] });
    const status = async () => ((await json(['runs', 'get', id])) as { status: string }).status;
    await until('the run paused', 20, async () => (await status()) === 'paused');
    const would = await json(['runs', 'resume', id, '--dry-run']);
    expect(component('Decisions').safeParse(would).error).toBeUndefined();
    expect(would).toMatchObject({ verb: 'resume', phases: [{ decision: 'rerun' }] });
    const resumed = await json(['runs', 'resume', id]);
    expect(component('Run').safeParse(resumed).error).toBeUndefined();
    expect(resumed).toMatchObject({ status: 'running', executions: [`${id}-1`, `${id}-2`] });
    await json(['runs', 'cancel', id]);
    const watched = await forge(['runs', 'watch', id, '--exit-status']);
    expect(watched).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('tiny: cancelled') });
    expect((await forge(['runs', 'logs', id, '--follow'])).exitCode).toBe(0);
  }, 60_000);

  it('is 8 when a model has been damaged', async () => {
    const path = bytesPath((await json(['models', 'get', 'tiny-adaptive'])) as Model, 'model.safetensors');
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const { exitCode, stdout, stderr } = await forge(['models', 'verify', 'tiny-adaptive']);
    expect(exitCode).toBe(8);
    expect(stdout).toMatch(/model\.safetensors +failed/);
    expect(stderr).toContain('1 of 4 files of tiny-adaptive do not match their hash');
  });

  it('is 0 for a server that was asked to stop, and 7 for who asks it afterwards', async () => {
    server.child.kill('SIGTERM');
    expect((await server.ended).exitCode).toBe(0);
    const { exitCode, stderr } = await forge(['runs', 'list']);
    expect(exitCode).toBe(7);
    expect(stderr).toContain('npm run serve');
  });
});
