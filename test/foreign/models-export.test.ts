/** GGUF through the command line and the real server. Only `npm run test:foreign` runs this: it needs .venv-foreign. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { removeFixtures } from '#test/support/fixture-tree.ts';
import { removeBundle, ServerProcess } from '#test/support/server-process.ts';
import { cleanUp, forge, freshFolder, ROOT } from '#test/unit/cli/cli-harness.ts';
import { outputOf } from '#test/unit/cli/output-schemas.ts';

jest.setTimeout(300_000);

const PYTHON = join(ROOT, '.venv', 'bin', 'python');
const CONTAINERS = join(ROOT, 'containers');
const WRITE = `
import sys
from pathlib import Path
from tests.export.folders import config_of, corpus, write_folder
write_folder(Path(sys.argv[1]) / 'whole', config_of(memory=True, act=2, subln=True))
write_folder(Path(sys.argv[1]) / 'plain', config_of())
corpus(Path(sys.argv[1]) / 'text.ndjson')
`;

interface Told {
  readonly source: { readonly weightsHash: string };
  readonly files: Readonly<Record<string, { readonly sha256: string; readonly bytes: number }>>;
}

const work = freshFolder();
const server = new ServerProcess();

const run = (...argv: readonly string[]) =>
  forge([...argv, '--endpoint', server.url, '--json'], {
    cwd: work,
    root: ROOT,
    env: { FORGE_HOME: join(server.home, '.forge') },
  });
const exported = (model: string, to: string, out: string, ...more: readonly string[]) =>
  run('models', 'export', model, '--to', to, '--out', out, ...more);

/** Every listed file has the bytes that the document says, and nothing else lies there but the document. */
function checkFiles(out: string, { files }: Told): void {
  for (const [path, { sha256, bytes }] of Object.entries(files)) {
    const content = readFileSync(join(work, out, path));
    expect([path, content.length, createHash('sha256').update(content).digest('hex')]).toEqual([
      path,
      bytes,
      sha256,
    ]);
  }
  expect(JSON.parse(readFileSync(join(work, out, 'export.json'), 'utf8'))).toMatchObject({ files });
}

beforeAll(async () => {
  const env = { ...process.env, PYTHONPATH: CONTAINERS, OMP_NUM_THREADS: '1' };
  execFileSync(PYTHON, ['-c', WRITE, work], { cwd: CONTAINERS, env });
  await server.start();
  for (const name of ['whole', 'plain'])
    expect(await run('models', 'import', name, '--name', name)).toMatchObject({ exitCode: 0 });
});

afterAll(async () => {
  await server.end();
  removeBundle();
  removeFixtures();
  cleanUp();
});

it('exports a plain model to GGUF, every file with its hash', async () => {
  const ended = await exported('plain', 'gguf', 'gguf');
  expect([ended.exitCode, ended.stderr]).toEqual([0, expect.any(String)]);
  const told = JSON.parse(ended.stdout) as Told;
  expect(outputOf('models-export').safeParse(told).error).toBeUndefined();
  expect(Object.keys(told.files)).toEqual(expect.arrayContaining(['model-F16.gguf', 'model-Q8_0.gguf']));
  checkFiles('gguf', told);
});

it('refuses to lose a memory in GGUF until it is named and measured', async () => {
  const refused = await exported('whole', 'gguf', 'whole-gguf');
  expect([refused.exitCode, refused.stdout]).toEqual([2, '']);
  expect(JSON.parse(refused.stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({
    error: { code: 'cannot_carry', message: expect.stringContaining('memory') },
  });
  const unmeasured = await exported('whole', 'gguf', 'whole-gguf', '--leave-out', 'memory,act');
  expect([unmeasured.exitCode, unmeasured.stderr]).toEqual([2, expect.stringContaining('not_measurable')]);
  expect(existsSync(join(work, 'whole-gguf'))).toBe(false);
  const more = ['--leave-out', 'memory,act', '--corpus', 'text.ndjson'];
  const agreed = await exported('whole', 'gguf', 'whole-gguf', ...more);
  expect([agreed.exitCode, agreed.stderr]).toEqual([0, expect.stringContaining('bits per byte')]);
});

it('does not take a folder of GGUF for a model', async () => {
  const ended = await run('models', 'import', 'gguf', '--name', 'back-gguf');
  expect([ended.exitCode, ended.stderr]).toEqual([2, expect.stringContaining('missing_file')]);
});
