/** A full or broken disk has a name, a hint and a status of its own, and leaves what was stored before whole. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directoryBlobStore } from '#adapters/local/directory-blob-store.ts';
import { openDatabase, type SqliteDatabase } from '#adapters/local/sqlite-database.ts';
import { sqliteJobJournal } from '#adapters/local/sqlite-job-journal.ts';
import { storageFailure } from '#adapters/local/storage-failure.ts';
import type { UrlSigner } from '#adapters/local/url-signer.ts';
import { type ForgeError, toForgeError } from '#core/domain/errors.ts';
import type { JobRecord } from '#local/jobs/job.ts';

let directory: string;
let database: SqliteDatabase;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'forge-full-'));
  database = openDatabase(join(directory, 'cloud.db'));
});
afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true });
});

const job = (jobId: string, size: number) =>
  ({
    jobId,
    clientToken: null,
    sequence: 1,
    array: null,
    settled: false,
    jobName: 'x'.repeat(size),
  }) as JobRecord;

const thrownBy = (work: () => unknown): ForgeError => {
  try {
    work();
  } catch (error) {
    return toForgeError(error);
  }
  throw new Error('expected a failure');
};

it('of SQLite, which takes no more pages, is disk_full; the transaction is undone and reading goes on', () => {
  const journal = sqliteJobJournal(database);
  journal.save([job('before', 10)]);
  const [{ page_count: pages }] = database.pragma('page_count') as [{ page_count: number }];
  database.pragma(`max_page_count = ${pages}`);
  const error = thrownBy(() => journal.save([job('small', 10), job('large', 1_000_000)]));
  expect(error).toMatchObject({ kind: 'disk_full', message: expect.stringContaining('SQLITE_FULL') });
  expect(error.facts).toMatchObject({ http: 507, retryable: true });
  expect(journal.list().map(({ jobId }) => jobId)).toEqual(['before']);
  database.pragma('max_page_count = 1000000');
  journal.save([job('large', 1_000_000)]);
});

it.each([
  ['ENOSPC', 'disk_full', 507],
  ['EDQUOT', 'disk_full', 507],
  ['EIO', 'dependency', 503],
  ['EROFS', 'dependency', 503],
  ['EMFILE', 'dependency', 503],
  ['SQLITE_IOERR_WRITE', 'dependency', 503],
  ['SQLITE_READONLY', 'dependency', 503],
])('%s is %s', (code, kind, http) => {
  const error = toForgeError(storageFailure(Object.assign(new Error('as the system says'), { code })));
  expect({ kind: error.kind, http: error.facts.http }).toEqual({ kind, http });
  expect(error.message).toContain('as the system says');
  expect(error.hint).toBeDefined();
});

it('of another kind stays what it is', () => {
  const error = Object.assign(new Error('taken'), { code: 'EEXIST' });
  expect(storageFailure(error)).toBe(error);
});

it('of the bucket leaves no half-written object and no remains', async () => {
  const blobs = directoryBlobStore(join(directory, 'bucket'), {} as UrlSigner);
  await blobs.write('a/first', new Uint8Array(10), 'text/plain');
  const handle = await open(join(directory, 'bucket', 'a', 'first'));
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  const written = jest.spyOn(Object.getPrototypeOf(handle), 'writeFile').mockRejectedValueOnce(full);
  await handle.close();
  await expect(blobs.write('a/second', new Uint8Array(10), 'text/plain')).rejects.toMatchObject({
    kind: 'disk_full',
  });
  expect(written).toHaveBeenCalledTimes(1);
  expect(readdirSync(join(directory, 'bucket', 'a'))).toEqual(['first']);
});
