/** forge models export against the real server and the real container, and back in by forge models import. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { runCli } from '#cli/program.ts';
import { removeFixtures } from '#test/support/fixture-tree.ts';
import { removeBundle, ServerProcess, until } from '#test/support/server-process.ts';
import { servingRoot } from '#test/support/serving-root.ts';
import { cleanUp, forge, freshFolder, ROOT, recordingIo } from '../unit/cli/cli-harness.ts';
import { outputOf } from '../unit/cli/output-schemas.ts';

const PYTHON = join(ROOT, '.venv', 'bin', 'python');
const CONTAINERS = join(ROOT, 'containers');
const WRITE = `
import sys
from pathlib import Path
from tests.export.folders import config_of, corpus, write_folder
write_folder(Path(sys.argv[1]), config_of(memory=True, act=2, subln=True))
corpus(Path(sys.argv[2]))
`;

interface Registered {
  readonly id: string;
  readonly properties: { readonly weightsHash: string };
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}

const hashFile = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

const work = freshFolder();
const server = new ServerProcess();
let weightsHash = '';

const run = (...argv: readonly string[]) =>
  forge([...argv, '--endpoint', server.url], {
    cwd: work,
    root: ROOT,
    env: { FORGE_HOME: join(server.home, '.forge') },
  });

async function imported(folder: string, name: string): Promise<Registered> {
  const { exitCode, stdout, stderr } = await run('models', 'import', folder, '--name', name, '--json');
  expect([exitCode, stderr]).toEqual([0, expect.any(String)]);
  return (JSON.parse(stdout) as { model: Registered }).model;
}

beforeAll(async () => {
  const env = { ...process.env, PYTHONPATH: CONTAINERS, OMP_NUM_THREADS: '1' };
  execFileSync(PYTHON, ['-c', WRITE, join(work, 'toy'), join(work, 'text.ndjson')], { cwd: CONTAINERS, env });
  await server.start();
  ({ weightsHash } = (await imported('toy', 'toy')).properties);
}, 240_000);

afterAll(async () => {
  await server.end();
  removeBundle();
  removeFixtures();
  cleanUp();
});

it('exports whole Hugging Face folders whose weights come back in bit for bit', async () => {
  const ended = await run(
    ...['models', 'export', 'toy', '--to', 'hf', '--out', 'hf', '--corpus', 'text.ndjson', '--json'],
  );
  expect(ended).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('bits per byte') });
  const told = JSON.parse(ended.stdout) as object;
  expect(outputOf('models-export').safeParse(told).error).toBeUndefined();
  expect(told).toMatchObject({
    source: { model: 'toy@1', weightsHash },
    standard: { exact: false, measured: { unit: 'bits/byte' } },
  });
  const card = readFileSync(join(work, 'hf', 'full', 'README.md'), 'utf8');
  expect(card).toContain('# toy@1 (full)');
  expect(card).toContain(weightsHash);
  const { standard } = told as { readonly standard: { readonly measured: { readonly record: string } } };
  for (const folder of ['full', 'standard'])
    expect(readFileSync(join(work, 'hf', folder, 'README.md'), 'utf8')).toContain(standard.measured.record);

  const back = await imported('hf/full', 'from-hf');
  expect(back.properties.weightsHash).toBe(weightsHash);
  const original = JSON.parse((await run('models', 'get', 'toy', '--json')).stdout) as Registered;
  const config = (model: Registered) => model.files.find(({ path }) => path === 'config.json')?.sha256;
  expect(config(back)).toBe(config(original));
}, 240_000);

it('exports the files as registered, and they come back in bit for bit', async () => {
  const ended = await run('models', 'export', 'toy', '--to', 'safetensors', '--out', 'deep/raw');
  expect(ended).toMatchObject({ exitCode: 0 });
  expect((await imported('deep/raw', 'from-raw')).properties.weightsHash).toBe(weightsHash);
}, 240_000);

it('exports a graph with the description of how it is called, compared with torch, and takes none for a model', async () => {
  const ended = await run('models', 'export', 'toy', '--to', 'onnx', '--out', 'graph', '--json');
  expect(ended).toMatchObject({ exitCode: 0 });
  const told = JSON.parse(ended.stdout) as {
    readonly files: Readonly<Record<string, { readonly sha256: string }>>;
    readonly parity: { readonly limit: number; readonly largestDifference: Readonly<Record<string, number>> };
  };
  expect(outputOf('models-export').safeParse(told).error).toBeUndefined();
  const names = ['README.md', 'graph.json', 'model.onnx', 'model.onnx.data', 'probe.json'];
  expect(Object.keys(told.files).sort()).toEqual(names);
  for (const name of names) expect(hashFile(join(work, 'graph', name))).toBe(told.files[name]?.sha256);
  expect(Math.max(...Object.values(told.parity.largestDifference))).toBeLessThanOrEqual(1e-4);
  const back = await run('models', 'import', 'graph', '--name', 'from-graph', '--json');
  expect([back.exitCode, back.stderr]).toEqual([2, expect.stringContaining('missing_file')]);
}, 240_000);

it('asks the exported graph of a model one question, and says what is wrong with one', async () => {
  const root = servingRoot();
  const env = { PATH: process.env.PATH ?? '', FORGE_HOME: join(server.home, '.forge') };
  const io = { cwd: work, root, env };
  try {
    const question = ['--onnx', 'graph', '--max-tokens', '4', '--temperature', '0'];
    const tried = (prompt: string, ...more: readonly string[]) =>
      forge(['models', 'try', 'toy', '--prompt', prompt, ...more, '--endpoint', server.url, '--json'], io);
    const asked = await tried('The state', ...question);
    expect([asked.exitCode, asked.stderr]).toEqual([0, expect.stringContaining('tokens in')]);
    expect(outputOf('models-try').safeParse(JSON.parse(asked.stdout)).error).toBeUndefined();
    expect((await tried('The state', ...question)).exitCode).toBe(0);
    for (const [prompt, code, more] of [
      ['', 'prompt_empty', question],
      ['a'.repeat(65_537), 'prompt_too_long', question],
      ['The state', 'out_of_range', [...question, '--max-tokens', '1025']],
      ['The state', 'no_graph', []],
    ] as const) {
      const refused = await tried(prompt, ...more);
      expect([refused.exitCode, refused.stdout, refused.stderr]).toEqual([
        2,
        '',
        expect.stringContaining(code),
      ]);
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}, 240_000);

it('serves the exported graph of a model until Ctrl-C, refuses one of another model, and says what is missing', async () => {
  const root = servingRoot();
  const io = {
    cwd: work,
    root,
    env: { PATH: process.env.PATH ?? '', FORGE_HOME: join(server.home, '.forge') },
  };
  const words = (...more: readonly string[]) => [
    'models',
    'serve',
    ...more,
    '--endpoint',
    server.url,
    '--json',
  ];
  try {
    const without = await forge(words('toy'), io);
    expect([without.exitCode, without.stderr]).toEqual([2, expect.stringContaining('no_graph')]);
    expect(without.stderr).toContain('forge models export toy@1 --to onnx');

    const interruption = new AbortController();
    const { io: streams, said } = recordingIo({ ...io, interrupted: interruption.signal });
    const ended = runCli(words('toy', '--onnx', 'graph'), streams);
    const line = await until(
      'an endpoint that listens',
      60,
      () => said().stdout.includes('}') && said().stdout,
    );
    const told = JSON.parse(line) as { readonly url: string };
    expect(told).toMatchObject({ agreement: { agrees: true, tolerance: 1e-4 } });
    const { url } = told;
    const answer = await fetch(`${url}/v1/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ prompt: 'The state', max_tokens: 4 }),
    });
    expect(await answer.json()).toMatchObject({
      model: 'toy@1',
      usage: { completion_tokens: expect.any(Number) },
    });
    interruption.abort();
    expect(await ended).toBe(0);
    await expect(fetch(`${url}/health`)).rejects.toThrow();

    const file = join(work, 'graph', 'graph.json');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(weightsHash, 'f'.repeat(64)));
    const other = await forge(words('toy', '--onnx', 'graph'), io);
    expect([other.exitCode, other.stderr]).toEqual([2, expect.stringContaining('other_model')]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}, 240_000);

it('exits 2 for a folder with something in it, and fetches nothing', async () => {
  mkdirSync(join(work, 'full-of'));
  writeFileSync(join(work, 'full-of', 'mine.txt'), 'm');
  const ended = await run('models', 'export', 'toy', '--to', 'hf', '--out', 'full-of');
  expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
  expect(ended.stderr).not.toContain('fetched');
  expect(readdirSync(join(work, 'full-of'))).toEqual(['mine.txt']);
});

it('exits 2 for a form that nobody knows and for a property that no model has, and says which there are', async () => {
  const form = await run('models', 'export', 'toy', '--to', 'pickle', '--out', 'none');
  expect(form).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('hf, gguf, onnx, safetensors') });
  const words = ['models', 'export', 'toy', '--to', 'hf', '--out', 'none', '--leave-out', 'soul', '--json'];
  const property = await run(...words);
  expect([property.exitCode, property.stderr]).toEqual([2, expect.stringContaining('memory, thought, act')]);
  expect(existsSync(join(work, 'none'))).toBe(false);
}, 240_000);

it('exits 7 where the writers of a form were never installed, and names the command that installs them', async () => {
  const root = freshFolder();
  for (const name of ['.venv', 'containers', 'package.json']) symlinkSync(join(ROOT, name), join(root, name));
  const ended = await forge(
    ['models', 'export', 'toy', '--to', 'gguf', '--out', 'none', '--endpoint', server.url],
    { cwd: work, root, env: { FORGE_HOME: join(server.home, '.forge') } },
  );
  expect(ended).toMatchObject({ exitCode: 7, stdout: '' });
  expect(ended.stderr).toContain('npm run test:foreign -- --install');
  expect(existsSync(join(work, 'none'))).toBe(false);
}, 240_000);

it('exits 6 for a model in quarantine, which the API refuses to any use as well', async () => {
  const { id } = await imported('toy', 'doubted');
  const held = await server.api('GET', `/v1/models/${id}`);
  const match = { 'if-match': String(held.headers.get('etag')) };
  await server.api('POST', `/v1/models/${id}/quarantine`, { reason: 'doubts' }, match);
  const ended = await run('models', 'export', id, '--to', 'safetensors', '--out', 'none', '--json');
  expect([ended.exitCode, ended.stderr]).toEqual([6, expect.stringContaining('not_verified')]);
  const now = { 'if-match': String((await server.api('GET', `/v1/models/${id}`)).headers.get('etag')) };
  const best = { alias: 'best' };
  const promoted = await server.api<{ code: string }>('POST', `/v1/models/${id}/promote`, best, now);
  expect([promoted.status, promoted.body.code]).toEqual([409, 'not_verified']);
  expect(existsSync(join(work, 'none'))).toBe(false);
}, 240_000);

it('refuses the plain folder of an export as an import where it lacks our configuration', async () => {
  const ended = await run('models', 'import', 'hf/standard', '--name', 'plain', '--json');
  expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
  expect((await server.api('GET', '/v1/models/plain')).status).toBe(404);
}, 240_000);

it('exits 5 for a model that is not there, and 2 for text that is none', async () => {
  const unknown = await run('models', 'export', 'nobody', '--to', 'hf', '--out', 'none');
  expect(unknown.exitCode).toBe(5);
  const textless = await run(
    'models',
    'export',
    'toy',
    '--to',
    'hf',
    '--out',
    'none',
    '--corpus',
    'no.ndjson',
  );
  expect(textless.exitCode).toBe(2);
  expect(existsSync(join(work, 'none'))).toBe(false);
}, 240_000);

it('exits 8 when the store gives other bytes than the record says, and leaves nothing', async () => {
  const name = execFileSync('find', [server.home, '-name', `${weightsHash}*`, '-type', 'f'], {
    encoding: 'utf8',
  }).trim();
  const bytes = readFileSync(name);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  rmSync(name);
  writeFileSync(name, bytes);
  const ended = await run('models', 'export', 'toy', '--to', 'safetensors', '--out', 'broken');
  expect(ended).toMatchObject({ exitCode: 8, stdout: '' });
  expect(existsSync(join(work, 'broken'))).toBe(false);
}, 240_000);
