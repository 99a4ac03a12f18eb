/** The built command line against the built server: from an empty home to a trained, verified and listed model. */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { forge as forgeHere } from '#test/unit/cli/cli-harness.ts';

const ROOT = dirname(dirname(__dirname));
const FORGE = join(ROOT, 'dist', 'cli', 'forge.mjs');

/** As small as the phase allows: what it learns is nothing, what it does is everything. */
const DOCUMENT = `apiVersion: forge/v1
name: tiny
phases: [cognate]
input: { corpus: sotu }
config:
  cognate: { d_model: 32, num_layers: 1, num_heads: 2, d_ff: 32, vocab_size: 320, seq_len: 16, window: 8,
    batch_size: 2, steps: 4, warmup_steps: 1, ltm_dim: 8, ltm_chunk: 8, held_out_every: 2,
    tokenizer_bytes: 20000, train_tokens: 2000, held_out_tokens: 256, eval_stride: 16, probe_items: 4, log_every: 1 }
`;

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const home = mkdtempSync(join(tmpdir(), 'forge-e2e-'));
const file = join(home, 'tiny.yaml');
const children = new Set<ChildProcess>();

/** Starts the command line; `heard` answers once a text has come on stderr. */
function start(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { FORGE_ENDPOINT: _endpoint, FORGE_TOKEN: _token, ...own } = process.env;
  const child = spawn(process.execPath, [FORGE, ...argv], {
    env: { ...own, FORGE_HOME: home, FORGE_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  const texts = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    texts.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    texts.stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (exitCode) => {
      children.delete(child);
      resolve({ exitCode, ...texts });
    });
  });
  const heard = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => texts.stderr.includes(text) && resolve();
      child.stderr.on('data', look);
      child.on('close', () => reject(new Error(`it ended without "${text}":\n${texts.stderr}`)));
      look();
    });
  return { child, ended, heard };
}

const forge = (argv: readonly string[], env?: Readonly<Record<string, string>>) => start(argv, env).ended;

function serverPid(): number | null {
  const record = join(home, 'server.json');
  return existsSync(record) ? (JSON.parse(readFileSync(record, 'utf8')) as { pid: number }).pid : null;
}

async function json(argv: readonly string[]): Promise<unknown> {
  const { exitCode, stdout, stderr } = await forge([...argv, '--json']);
  expect({ argv, exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ argv, exitCode: 0, stderr: '' });
  return JSON.parse(stdout);
}

let demo: Ended;
let server: ReturnType<typeof start>;
let run = '';

beforeAll(async () => {
  if (!existsSync(FORGE)) throw new Error(`There is no ${FORGE}; build it with: npm run build`);
  writeFileSync(file, DOCUMENT);
  demo = await forge(['demo', '--file', file]);
  run = /run (\w{26})/.exec(demo.stderr)?.[1] ?? '';
  server = start(['serve']);
  await server.heard('listens on');
}, 90_000);

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  const pid = serverPid();
  if (pid !== null) process.kill(pid, 'SIGKILL');
  rmSync(home, { recursive: true, force: true });
});

describe('forge demo', () => {
  it('starts a server, registers the text, trains, shows the result and leaves nothing running', () => {
    expect(demo.exitCode).toBe(0);
    expect(demo.stderr).toMatch(/server started on http:\/\/127\.0\.0\.1:\d+\ncorpus sotu: 233 documents/);
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
  it.each([
    [['runs', 'list'], { items: [{ name: 'tiny', status: 'succeeded' }], next: null }],
    [['runs', 'get', 'RUN'], { name: 'tiny', phases: [{ slug: 'cognate', status: 'succeeded' }] }],
    [
      ['runs', 'watch', 'RUN', '--exit-status'],
      { run: { status: 'succeeded' }, report: { models: [{}, {}, {}, {}] } },
    ],
    [['runs', 'report', 'RUN'], { schema: 'forge/report/v1' }],
    [
      ['runs', 'logs', 'RUN', '--stage', 'base', '--tail', '5'],
      { items: expect.arrayContaining([expect.objectContaining({ stage: 'base', attempt: 1 })]) },
    ],
    [['runs', 'cancel', 'RUN'], { status: 'succeeded' }],
    [['models', 'list', '--phase', 'cognate'], { items: [{}, {}, {}, {}] }],
    [['models', 'get', 'tiny-memory@latest'], { name: 'tiny-memory', version: 1, parents: [{}] }],
    [['models', 'lineage', 'tiny-memory'], { edges: [{ relation: 'continued-from' }] }],
    [['models', 'verify', 'tiny-base@1'], { ok: true }],
    [['corpora', 'list'], { items: [{ name: 'sotu', documents: 233 }] }],
    [['phases', 'list'], { items: expect.arrayContaining([expect.objectContaining({ slug: 'cognate' })]) }],
    [['phases', 'describe', 'cognate'], { slug: 'cognate', available: true, settings: {} }],
    [['presets', 'list'], { items: expect.arrayContaining([expect.objectContaining({ name: 'demo' })]) }],
    [['presets', 'get', 'test'], { builtIn: true }],
    [['plan', 'FILE'], { phases: [{ phase: 'cognate', jobs: 5 }] }],
    [['runs', 'create', '-f', 'FILE', '--dry-run'], { name: 'tiny' }],
    [['validate', 'FILE'], { valid: true }],
    [['doctor'], { healthy: true }],
    [['version'], { node: process.versions.node }],
  ])('%j prints one document on stdout', async (words, shape) => {
    const argv = words.map((word) => (word === 'RUN' ? run : word === 'FILE' ? file : word));
    expect(await json(argv)).toMatchObject(shape);
  });

  it('prints every event of a run as a line, from the first to the last', async () => {
    const { stdout } = await forge(['runs', 'watch', run, '--events', '-q']);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { seq: number; type: string });
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, position) => position + 1));
    expect(events.at(-1)?.type).toBe('RunCompleted');
  });
});

describe('for people', () => {
  it.each([
    [['runs', 'list'], /tiny +succeeded +1\/1/],
    [['runs', 'get', 'RUN'], /cognate +succeeded/],
    [['runs', 'report', 'RUN'], /^# tiny: succeeded/],
    [['models', 'list'], /tiny-base@1 +base +cognate +active/],
    [['models', 'get', 'tiny-base'], /model\.safetensors/],
    [['models', 'lineage', 'tiny-memory'], /└─ continued-from tiny-base@1/],
    [['models', 'lineage', 'tiny-memory', '--format', 'dot'], /^digraph lineage/],
    [['models', 'verify', 'tiny-base'], /model\.safetensors +ok/],
    [['phases', 'describe', 'cognate'], /base, variants × 3, evaluate[\s\S]*\nsteps +350 +Optimizer steps/],
    [['presets', 'get', 'test'], /steps: 40/],
    [['plan', 'FILE'], /base, variants × 3, evaluate +5/],
    [['doctor'], /ok +server/],
  ])('%j prints text', async (words, text) => {
    const argv = words.map((word) => (word === 'RUN' ? run : word === 'FILE' ? file : word));
    // In this process: what a process of its own adds is tested above.
    const { exitCode, stdout } = await forgeHere(argv, { env: { FORGE_HOME: home } });
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
    { code: 2, argv: ['models', 'get', 'tiny-base@first'], env: {} },
    { code: 2, argv: ['plan', 'FILE', '--set', 'phases=[cognate, quiet-star]'], env: {} },
    { code: 2, argv: ['runs', 'create', '-f', 'FILE', '--set', 'phases=[1, 2]'], env: {} },
    { code: 4, argv: ['runs', 'list'], env: { FORGE_TOKEN: 'wrong' } },
    { code: 6, argv: ['serve'], env: {} },
  ])('$argv ends with $code', async ({ code, argv, env }) => {
    const ended = await forge(
      argv.map((word) => (word === 'FILE' ? file : word)),
      env,
    );
    expect(ended).toMatchObject({ exitCode: code, stdout: '' });
    expect(ended.stderr).not.toMatch(/\n\s+at /);
  });

  it('is 130 after Ctrl-C, with the way back; the run goes on until it is cancelled, and then it is 1', async () => {
    const watching = start(['runs', 'create', '-f', file, '--idempotency-key', 'K1', '--watch']);
    await watching.heard('phase cognate started');
    watching.child.kill('SIGINT');
    const { exitCode, stderr } = await watching.ended;
    const id = /npx forge runs watch (\w{26})/.exec(stderr)?.[1] ?? '';
    expect(exitCode).toBe(130);
    expect(await json(['runs', 'get', id])).toMatchObject({ status: 'running' });

    const again = await forge(['runs', 'create', '-f', file, '--idempotency-key', 'K1']);
    expect(again).toMatchObject({ exitCode: 0, stdout: `${id}\n` });
    const other = await forge(['runs', 'create', '-f', file, '--set', 'seed=2', '--idempotency-key', 'K1']);
    expect(other).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('was used for another document'),
    });

    await json(['runs', 'cancel', id]);
    const watched = await forge(['runs', 'watch', id, '--exit-status']);
    expect(watched).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('tiny: cancelled') });
    expect((await forge(['runs', 'logs', id, '--follow'])).exitCode).toBe(0);
  }, 40_000);

  it('is 8 when a model has been damaged', async () => {
    const model = (await json(['models', 'get', 'tiny-adaptive'])) as {
      files: { path: string; sha256: string }[];
    };
    const { sha256 = '' } = model.files.find(({ path }) => path === 'model.safetensors') ?? {};
    const path = execFileSync('find', [home, '-name', `${sha256}*`, '-type', 'f'], {
      encoding: 'utf8',
    }).trim();
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
