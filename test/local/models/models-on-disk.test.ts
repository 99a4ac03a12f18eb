/** Import, deletion and collection over the real embedded stores: a directory and SQLite. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localPorts } from '#adapters/local/ports.ts';
import { openDatabase, type SqliteDatabase } from '#adapters/local/sqlite-database.ts';
import { urlSigner } from '#adapters/local/url-signer.ts';
import { changeModelStatus } from '#core/application/commands/change-model-status.ts';
import { collectGarbage } from '#core/application/commands/collect-garbage.ts';
import { importModel } from '#core/application/commands/import-model.ts';
import { findModel } from '#core/application/queries/find-model.ts';
import { contentKey } from '#core/domain/blob-key.ts';
import type { Ports } from '#core/ports/ports.ts';
import { sha256Of } from '#test/support/memory/blobs.ts';
import { ADMIN, memoryPorts } from '#test/support/memory-ports.ts';
import { safetensors, TOY_TENSORS, type ToyFiles, toyModelFiles } from '#test/support/model-bytes.ts';

const DAY = 24 * 3600 * 1000;
const ROWS = 40_000;

let root: string;
let database: SqliteDatabase;
let ports: Ports;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'forge-models-'));
  database = openDatabase(join(root, 'cloud.db'));
  const signer = urlSigner(
    () => 'http://127.0.0.1',
    'secret',
    () => new Date(),
  );
  ports = localPorts({ database, bucket: join(root, 'bucket'), signer, workflow: memoryPorts().workflow });
});

afterEach(() => {
  database.close();
  rmSync(root, { recursive: true, force: true });
});

/** The same ports on a later day. */
const after = (days: number): Ports => ({
  ...ports,
  clock: { now: () => new Date(Date.now() + days * DAY) },
});

async function put(files: ToyFiles) {
  const offered = [];
  for (const [path, content] of Object.entries(files)) {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const sha256 = sha256Of(bytes);
    await ports.blobWriter.write(contentKey('default', sha256), bytes, 'application/octet-stream');
    offered.push({ path, sha256, bytes: bytes.length });
  }
  return offered;
}

/** A header longer than what is looked at first, and more data than one chunk of a stream. */
function largeModel(value = 1): ToyFiles {
  const data = new Uint8Array(Float32Array.from({ length: ROWS * 4 }, () => value).buffer);
  const tensors = { ...TOY_TENSORS, 'embedding.weight': { dtype: 'F32', shape: [ROWS, 4], data } };
  const config = { arch: { d_model: 4, vocab_size: ROWS } };
  return toyModelFiles({
    'model.safetensors': safetensors(tensors, { padding: 'x'.repeat(10_000) }),
    'config.json': JSON.stringify(config),
  });
}

test('a model of several chunks is imported, deleted, and after its week freed to the last byte', async () => {
  const { model } = await importModel(ports, ADMIN, { name: 'mine', files: await put(largeModel()) });
  expect(model.properties).toMatchObject({ vocabRows: ROWS, parameters: ROWS * 4 + 36, zeroMatrices: [] });
  expect(await findModel(ports, ADMIN, 'mine')).toEqual(model);

  await changeModelStatus(ports, ADMIN, { act: 'delete', model, reason: 'done' });
  expect((await collectGarbage(after(6.9), ADMIN, { dryRun: false })).total.count).toBe(0);
  expect(await ports.blobs.list('blobs/')).toHaveLength(4);

  const report = await collectGarbage(after(7.1), ADMIN, { dryRun: false });
  expect(report).toMatchObject({
    models: ['mine@1'],
    freed: { tombstones: { count: 1 }, blobs: { count: 4 } },
  });
  expect(await ports.blobs.list('blobs/')).toEqual([]);
});

test('zeros and a NaN in the last chunk are seen', async () => {
  const zeros = await importModel(ports, ADMIN, { name: 'zeros', files: await put(largeModel(0)) });
  expect(zeros.model.properties.zeroMatrices).toEqual(['embedding.weight']);
  const broken = importModel(ports, ADMIN, { name: 'broken', files: await put(largeModel(Number.NaN)) });
  await expect(broken).rejects.toMatchObject({
    code: 'non_finite',
    message: expect.stringContaining(`${ROWS * 4} weights in 1 tensors`),
  });
});

test('a restored model is whole, whatever was collected in the meantime', async () => {
  const { model } = await importModel(ports, ADMIN, { name: 'mine', files: await put(toyModelFiles()) });
  const deleted = await changeModelStatus(ports, ADMIN, { act: 'delete', model, reason: 'mistake' });
  await collectGarbage(after(3), ADMIN, { dryRun: false });
  const restored = await changeModelStatus(ports, ADMIN, { act: 'restore', model: deleted, reason: 'sorry' });
  expect(restored).toMatchObject({ status: 'active', files: model.files });
});
