/** Model folders that want to do harm, each sent to the real server by `forge models import` and through the inbox. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Upload } from '#core/domain/upload.ts';
import { removeFixtures } from '#test/support/fixture-tree.ts';
import { maliciousModels } from '#test/support/malicious-models.ts';
import { type ToyFiles, toyModelFiles } from '#test/support/model-bytes.ts';
import { removeBundle, ServerProcess, until } from '#test/support/server-process.ts';
import { cleanUp, forge, freshFolder } from '#test/unit/cli/cli-harness.ts';

jest.setTimeout(240_000);

const TRIGGERS = `apiVersion: forge/v1
kind: Triggers
uploads:
  - name: any
    pattern: evil-*
    run: {apiVersion: forge/v1, phases: [bitnet], preset: test, input: {corpus: speeches}}
`;

const server = new ServerProcess();
const work = freshFolder();
const canary = join(work, 'canary');
const models = maliciousModels(canary);
const bytesOf = (content: Uint8Array | string) => Buffer.from(content as string);

function write(folder: string, files: ToyFiles): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytesOf(content));
  }
}

/** Copied into the inbox by hand: no client looks at it first. */
function drop(folder: string, files: ToyFiles): void {
  const listed = Object.entries(files).map(([path, content]) => {
    const bytes = bytesOf(content);
    return { path, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
  });
  const root = join(server.home, '.forge', 'bucket', 'uploads', 'default', folder);
  write(root, { ...files, 'manifest.json': JSON.stringify({ name: folder, files: listed }) });
}

/** Records per folder: an object that is a pickle is refused when it comes, what is left of its folder once more. */
const refusals = async (): Promise<Map<string, readonly Upload[]>> => {
  const { body } = await server.api<{ items: Upload[] }>('GET', '/v1/uploads?limit=200');
  const found = new Map<string, readonly Upload[]>();
  for (const upload of body.items) found.set(upload.folder, [...(found.get(upload.folder) ?? []), upload]);
  return found;
};

beforeAll(async () => {
  mkdirSync(join(server.home, '.forge'), { recursive: true });
  writeFileSync(join(server.home, '.forge', 'triggers.yaml'), TRIGGERS);
  await server.start();
  await server.addCorpus();
  for (const { name, files } of models) {
    write(join(work, name), files);
    drop(`evil-${name}`, files);
  }
  await until('an answer to every upload', 180, async () => {
    const found = await refusals();
    return models.every(({ name }) => found.has(`evil-${name}`));
  });
});

afterAll(async () => {
  await server.end();
  removeBundle();
  removeFixtures();
  cleanUp();
});

it('has at least 25 folders, and no two are the same', () => {
  expect(models.length).toBeGreaterThanOrEqual(25);
  expect(new Set(models.map(({ name }) => name)).size).toBe(models.length);
  expect(new Set(models.map(({ files }) => JSON.stringify(Object.entries(files)))).size).toBe(models.length);
});

describe.each(models.map((model) => [model.name, model] as const))('%s', (name, { code }) => {
  it('is refused by forge models import with its code and exit code 2', async () => {
    const env = { FORGE_HOME: join(server.home, '.forge') };
    const argv = ['models', 'import', name, '--json', '--endpoint', server.url];
    const { exitCode, stdout, stderr } = await forge(argv, { cwd: work, env });
    const said = /"code": ?"(\w+)"/.exec(stderr)?.[1];
    expect([said, stdout, exitCode]).toEqual([code, '', 2]);
  });

  it('is refused by the inbox with its code, and starts nothing', async () => {
    const uploads = (await refusals()).get(`evil-${name}`) ?? [];
    const seen = uploads.map(({ status, modelId, runId }) => ({ status, modelId, runId }));
    expect(seen).toEqual(seen.map(() => ({ status: 'refused', modelId: null, runId: null })));
    expect(uploads.map(({ reason }) => reason?.code)).toContain(code);
  });
});

it.each([
  ['a path that climbs', '../../climbs.safetensors', 'invalid_key'],
  ['an absolute path', '/etc/absolute.safetensors', 'invalid_key'],
  ['a long name', `${'n'.repeat(400)}.safetensors`, 'out_of_range'],
])('a manifest that names %s is refused', async (_, path, code) => {
  const folder = `evil-manifest-${path.length}`;
  const file = { path, sha256: '0'.repeat(64), bytes: 8 };
  const root = join(server.home, '.forge', 'bucket', 'uploads', 'default', folder);
  write(root, { 'manifest.json': JSON.stringify({ name: 'evil', files: [file] }) });
  const [upload] = await until('the refusal', 60, async () => (await refusals()).get(folder));
  expect([upload?.status, upload?.reason?.code]).toEqual(['refused', code]);
});

it('leaves nothing registered, no run, and no trace of a program', async () => {
  const count = async (path: string) =>
    (await server.api<{ items: unknown[] }>('GET', path)).body.items.length;
  expect([await count('/v1/models'), await count('/v1/runs')]).toEqual([0, 0]);
  const written = [...readdirSync(work), ...readdirSync(server.home)];
  expect(written.filter((name) => name.startsWith('canary'))).toEqual([]);
});

it('would have been taken without the harm in it', async () => {
  write(join(work, 'harmless'), toyModelFiles());
  const argv = ['models', 'import', 'harmless', '--json', '--endpoint', server.url];
  const env = { FORGE_HOME: join(server.home, '.forge') };
  expect((await forge(argv, { cwd: work, env })).exitCode).toBe(0);
});
