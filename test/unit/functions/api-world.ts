/** The API over ports in memory, with two tenants and every role. */
import { processRateCounter } from '#adapters/local/process-rate-counter.ts';
import type { RunDocumentInput } from '#contracts/source/run-document.ts';
import { completePhase } from '#core/application/commands/complete-phase.ts';
import { finishRun } from '#core/application/commands/finish-run.ts';
import { ForgeError } from '#core/domain/errors.ts';
import type { Principal } from '#core/domain/principal.ts';
import type { Run } from '#core/domain/run.ts';
import type { AttemptLog } from '#core/ports/log-reader.ts';
import { createApi } from '#functions/api/api.ts';
import type { ApiOptions, ApiPorts } from '#functions/api/environment.ts';
import { ADMIN, type MemoryPorts, memoryPorts, STRANGER } from '#test/support/memory-ports.ts';
import { leaveCognateResults } from '#test/support/toy-results.ts';
import { startedRun } from '#test/support/toy-run.ts';

// Failures are asserted on; nobody reads them as log lines.
process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
process.env.POWERTOOLS_METRICS_DISABLED = 'true';

const PRINCIPALS: Readonly<Record<string, Principal>> = {
  admin: ADMIN,
  maintainer: { tenant: 'default', role: 'maintainer', subject: 'maintainer' },
  runner: { tenant: 'default', role: 'runner', subject: 'runner' },
  viewer: { tenant: 'default', role: 'viewer', subject: 'viewer' },
  stranger: STRANGER,
};

export const LOGS: readonly AttemptLog[] = [
  { phase: 'cognate', stage: 'base', index: null, jobId: 'job', attempt: 1, text: 'learning' },
];

export interface Sent {
  readonly as?: string;
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads any answer; what it reads is asserted.
type AnyJson = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AnyJson;
  readonly text: string;
}

export interface ApiWorld {
  readonly app: ReturnType<typeof createApi>;
  readonly ports: MemoryPorts;
  send(method: string, path: string, sent?: Sent): Promise<Answer>;
  /** Everything that is stored but the audit log, as text: equal texts mean that nothing was changed. */
  stored(): string;
}

function authenticator(): ApiPorts['authenticator'] {
  return {
    async authenticate({ authorization }) {
      const found = PRINCIPALS[authorization?.replace('Bearer ', '') ?? ''];
      if (found) return found;
      const code = authorization ? 'invalid_token' : 'missing_token';
      throw new ForgeError('unauthenticated', 'Nobody knows you.', { code });
    },
  };
}

export function apiWorld(options: Partial<ApiOptions> = {}, change: Partial<ApiPorts> = {}): ApiWorld {
  const ports = memoryPorts();
  const logs = { read: async () => LOGS };
  const app = createApi(
    { ...ports, logs, authenticator: authenticator(), rateCounter: processRateCounter(), ...change },
    { version: '1.2.3', cursorSecret: 'secret', ...options },
  );
  return {
    app,
    ports,
    stored: () => storedText(ports),
    async send(method, path, { as = 'admin', body, raw, headers = {} } = {}) {
      const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
      const init: RequestInit = {
        method,
        headers: {
          ...(as === '' ? {} : { authorization: `Bearer ${as}` }),
          ...(content === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(content === undefined ? {} : { body: content }),
      };
      const answer = await app.request(path, init);
      const text = await answer.text();
      const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
      return { status: answer.status, headers: answer.headers, text, body: isJson ? JSON.parse(text) : text };
    },
  };
}

function storedText({ store }: MemoryPorts): string {
  const plain = (_key: string, value: unknown) =>
    value instanceof Map || value instanceof Set ? [...value] : value;
  const { audit: _entries, ...records } = store.tables;
  return JSON.stringify([records, store.metrics, [...store.blobs.keys()]], plain);
}

export const DOCUMENT: RunDocumentInput = {
  apiVersion: 'forge/v1',
  name: 'toy',
  phases: ['cognate'],
  preset: 'test',
  input: { corpus: 'speeches' },
};

/** A run of phase 1 that has succeeded: with four models, metrics, events and a report. */
export async function succeededRun({ ports }: ApiWorld): Promise<Run> {
  const { id, executions } = await startedRun(ports);
  leaveCognateResults(ports.store, id);
  await completePhase(ports, ADMIN, { runId: id, phase: 'cognate' });
  ports.workflow.end(executions[0] ?? '', 'SUCCEEDED');
  return finishRun(ports, ADMIN, { runId: id, outcome: 'SUCCEEDED' });
}
