/** The server's own event sockets over a real SQLite log, on a real port, with a run whose events a test writes. */
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { localPorts } from '#adapters/local/ports.ts';
import { openDatabase } from '#adapters/local/sqlite-database.ts';
import { urlSigner } from '#adapters/local/url-signer.ts';
import { runDocument } from '#contracts/source/run-document.ts';
import { ForgeError } from '#core/domain/errors.ts';
import type { NewEvent } from '#core/domain/event.ts';
import { makeUlid } from '#core/domain/ids.ts';
import type { Principal } from '#core/domain/principal.ts';
import { newRun } from '#core/domain/run.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { Workflow } from '#core/ports/workflow.ts';
import { type EventSocketOptions, eventSockets } from '#local/event-sockets.ts';
import { fixtureTree } from './fixture-tree.ts';

export interface SocketWorld {
  readonly url: string;
  readonly ports: Ports;
  readonly run: string;
  readonly faults: readonly unknown[];
  /** Adds events to the log of the run. */
  append(count: number, data?: NewEvent['data']): Promise<void>;
  close(): Promise<void>;
}

const TENANT = 'acme';
const AT = '2026-03-01T12:00:00.000Z';
/** Tokens of two tenants. */
const PRINCIPALS: Readonly<Record<string, Principal>> = {
  own: { tenant: TENANT, role: 'viewer', subject: 'own' },
  stranger: { tenant: 'rival', role: 'admin', subject: 'stranger' },
};

function runOf(id: string) {
  const document = runDocument.parse({
    apiVersion: 'forge/v1',
    name: 'toy',
    phases: ['cognate'],
    input: { corpus: 'speeches' },
  });
  const corpus = { id, sha256: '0'.repeat(64) };
  const empty = { models: [], config: {}, gates: {}, threads: {} };
  const resolved = { name: 'toy', phases: ['cognate' as const], seed: 1, corpus, ...empty };
  return newRun({ tenant: TENANT, id, document, resolved, at: AT });
}

export async function socketWorld(options: Partial<EventSocketOptions> = {}): Promise<SocketWorld> {
  const root = fixtureTree({});
  const database = openDatabase(`${root}/cloud.db`);
  const signer = urlSigner(
    () => 'http://127.0.0.1:1',
    'secret',
    () => new Date(),
  );
  const ports = localPorts({ database, bucket: `${root}/bucket`, signer, workflow: {} as Workflow });
  const run = makeUlid(new Date(), new Uint8Array(10));
  await ports.registry.commit(TENANT, [{ kind: 'run', run: runOf(run), expected: null }]);
  const faults: unknown[] = [];
  const server = createServer();
  const sockets = eventSockets(server, {
    ports,
    authenticator: {
      async authenticate({ authorization = '' }) {
        const found = PRINCIPALS[authorization.replace('Bearer ', '')];
        if (found) return found;
        throw new ForgeError('unauthenticated', 'Nobody knows you.', { code: 'invalid_token' });
      },
    },
    opened: Promise.resolve(),
    onFault: (error) => faults.push(error),
    ...options,
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const event = (data: NewEvent['data']): NewEvent => ({
    type: 'phase_progress',
    run,
    phase: 'cognate',
    attempt: 1,
    at: AT,
    data,
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/socket`,
    ports,
    run,
    faults,
    append: (count, data = {}) =>
      ports.eventLog.append(
        TENANT,
        Array.from({ length: count }, () => event(data)),
      ),
    async close() {
      const closed = new Promise((done) => server.close(done));
      sockets.close();
      await closed;
      database.close();
      rmSync(root, { recursive: true });
    },
  };
}
