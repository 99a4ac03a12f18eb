/** The API and the event sockets over a real SQLite log, on one real port, with a run whose events a test writes. */
import { rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { localPorts } from '#adapters/local/ports.ts';
import { processRateCounter } from '#adapters/local/process-rate-counter.ts';
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
import { createApi } from '#functions/api/api.ts';
import type { ApiPorts } from '#functions/api/environment.ts';
import { type EventSocketOptions, eventSockets } from '#local/event-sockets.ts';
import { fixtureTree } from './fixture-tree.ts';
import { memoryOutbound } from './memory/outbound.ts';

export interface SocketWorld {
  /** Of the socket. */
  readonly url: string;
  /** Of the run's events over HTTP. */
  readonly events: string;
  readonly ports: Ports;
  readonly tenant: string;
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

const authenticator: ApiPorts['authenticator'] = {
  async authenticate({ authorization = '' }) {
    const found = PRINCIPALS[authorization.replace('Bearer ', '')];
    if (found) return found;
    throw new ForgeError('unauthenticated', 'Nobody knows you.', { code: 'invalid_token' });
  },
};

function apiOf(ports: Ports) {
  const told = { outbound: memoryOutbound(), webhookKey: { read: async () => 'key of all webhooks' } };
  const logs = { read: async () => [] };
  return createApi(
    { ...ports, ...told, logs, authenticator, rateCounter: processRateCounter() },
    { version: 'test', cursorSecret: 'secret' },
  );
}

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
  const server = createAdaptorServer({ fetch: apiOf(ports).fetch }) as Server;
  const sockets = eventSockets(server, {
    ports,
    authenticator,
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
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${address}/v1/socket`,
    events: `${address}/v1/runs/${run}/events`,
    ports,
    tenant: TENANT,
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
      server.closeAllConnections();
      await closed;
      database.close();
      rmSync(root, { recursive: true });
    },
  };
}
