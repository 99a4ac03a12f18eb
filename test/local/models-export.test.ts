/** forge models export against the real server and the real container, and back in by forge models import. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeFixtures } from '#test/support/fixture-tree.ts';
import { removeBundle, ServerProcess } from '#test/support/server-process.ts';
import { cleanUp, forge, freshFolder, ROOT } from '../unit/cli/cli-harness.ts';
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

it('exits 2 for a folder with something in it, and fetches nothing', async () => {
  mkdirSync(join(work, 'full-of'));
  writeFileSync(join(work, 'full-of', 'mine.txt'), 'm');
  const ended = await run('models', 'export', 'toy', '--to', 'hf', '--out', 'full-of');
  expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
  expect(ended.stderr).not.toContain('fetched');
  expect(readdirSync(join(work, 'full-of'))).toEqual(['mine.txt']);
});

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
