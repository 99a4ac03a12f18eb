/** The embedded adapters on a real SQLite file and a real directory, with the server's own blob routes. */
import { rm } from 'node:fs/promises';
import { directoryBlobStore } from '#adapters/local/directory-blob-store.ts';
import { embeddedWorkflow } from '#adapters/local/embedded-workflow.ts';
import { localPorts } from '#adapters/local/ports.ts';
import { openDatabase } from '#adapters/local/sqlite-database.ts';
import { sqliteExecutionJournal } from '#adapters/local/sqlite-execution-journal.ts';
import { sqliteJobJournal } from '#adapters/local/sqlite-job-journal.ts';
import { urlSigner } from '#adapters/local/url-signer.ts';
import { createEngine } from '#local/asl/engine.ts';
import { blobRoutes } from '#local/blob-routes.ts';
import { hostGuard } from '#local/host-guard.ts';
import { localMachines, PIPELINE_MACHINE } from '#local/machines.ts';
import { fixtureTree } from '#test/support/fixture-tree.ts';
import {
  type BlobWorld,
  blobStoreSuite,
  pathKeySuite,
  presignedSuite,
  type SignedWorld,
} from './blob-store-suite.ts';
import { executionJournalSuite, type JournalWorld, jobJournalSuite } from './journal-suite.ts';
import { runLogSuite } from './log-suite.ts';
import { runRegistrySuite } from './registry-suite.ts';
import { type WorkflowWorld, workflowSuite } from './workflow-suite.ts';

const BASE = 'http://127.0.0.1:1';
const noEngine = () => {
  throw new Error('no registry test starts an execution');
};

async function registryWorld() {
  const root = fixtureTree({});
  const database = openDatabase(`${root}/cloud.db`);
  const signer = urlSigner(
    () => BASE,
    'secret',
    () => new Date(),
  );
  const workflow = embeddedWorkflow(noEngine, 'arn');
  const ports = localPorts({ database, bucket: `${root}/bucket`, signer, workflow });
  return {
    ports,
    async close() {
      database.close();
      await rm(root, { recursive: true });
    },
  };
}

async function blobWorld(): Promise<BlobWorld & SignedWorld> {
  const root = fixtureTree({ 'bucket/.keep': '', secret: 'not yours' });
  await rm(`${root}/bucket/.keep`);
  let now = Date.parse('2026-03-01T12:00:00.000Z');
  const signer = urlSigner(
    () => BASE,
    'secret',
    () => new Date(now),
  );
  const store = directoryBlobStore(`${root}/bucket`, signer);
  const faults: unknown[] = [];
  const app = blobRoutes({
    root: `${root}/bucket`,
    signer,
    guard: hostGuard,
    onFault: (what, error) => faults.push([what, error]),
  });
  return {
    blobs: store,
    blobWriter: store,
    advance: (milliseconds) => {
      now += milliseconds;
    },
    fetch: async (url, init = {}) =>
      app.request(url, { ...init, headers: { host: '127.0.0.1:1', ...init.headers } }),
    async close() {
      expect(faults).toEqual([]);
      await rm(root, { recursive: true });
    },
  };
}

/** The real pipeline in the real engine; its first function never answers. */
async function workflowWorld(): Promise<WorkflowWorld> {
  const root = fixtureTree({});
  const database = openDatabase(`${root}/cloud.db`);
  const started = new Set<string>();
  const engine = createEngine({
    machines: localMachines(),
    tasks: { run: () => new Promise(() => undefined) },
    journal: sqliteExecutionJournal(database),
    onStatusChange: ({ executionArn, startDate, status }) => {
      if (status === 'RUNNING') started.add(executionArn + startDate);
    },
  });
  return {
    workflow: embeddedWorkflow(() => engine, PIPELINE_MACHINE),
    started: () => started.size,
    async close() {
      engine.close();
      database.close();
      await rm(root, { recursive: true });
    },
  };
}

/** Every reopening opens the file once more, as a process after a crash would. */
async function journalWorld<Kind>(
  open: (database: ReturnType<typeof openDatabase>) => Kind,
): Promise<JournalWorld<Kind>> {
  const root = fixtureTree({});
  const databases = [openDatabase(`${root}/cloud.db`)];
  return {
    journal: open(databases[0] as (typeof databases)[0]),
    async reopen() {
      const database = openDatabase(`${root}/cloud.db`);
      databases.push(database);
      return open(database);
    },
    async close() {
      for (const database of databases) database.close();
      await rm(root, { recursive: true });
    },
  };
}

runRegistrySuite('embedded', registryWorld);
runLogSuite('embedded', registryWorld);
blobStoreSuite('embedded', blobWorld);
pathKeySuite('embedded', blobWorld);
presignedSuite('embedded', blobWorld, ['bytes', 'sha256', 'expires', 'signature']);
executionJournalSuite('embedded', () => journalWorld(sqliteExecutionJournal));
jobJournalSuite('embedded', () => journalWorld(sqliteJobJournal));
workflowSuite('embedded', workflowWorld);

describe('blob routes', () => {
  it.each([
    '/blobs/%2e%2e%2fsecret',
    '/blobs/%252e%252e/secret',
    '/blobs/a%5Cb',
    '/blobs/%00',
    '/blobs/%zz',
    '/blobs/%ff',
  ])('answer 400 to %s', async (path) => {
    const world = await blobWorld();
    const answer = await world.fetch(`${BASE}${path}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'invalid_key', kind: 'malformed' });
    await world.close();
  });

  it('answer 421 to a foreign host', async () => {
    const world = await blobWorld();
    const url = await world.blobs.presignGet('a', 60);
    expect((await world.fetch(url, { headers: { host: 'evil.test' } })).status).toBe(421);
    await world.close();
  });
});
