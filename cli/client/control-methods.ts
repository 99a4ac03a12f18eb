/** The control verbs of a run: each does, or says what it would do. */

import type { Connection } from './connection.ts';
import type { Decisions, ForkBody, PhaseChoice, RetryBody, Run } from './records.ts';
import { call } from './typed-call.ts';

const DRY_RUN = { dryRun: 'true' } as const;

export function controlMethods(connection: Connection) {
  const keyed = (key: string) => ({ headers: { 'idempotency-key': key }, repeatable: true });
  const pause = '/v1/runs/{id}/pause';
  const resume = '/v1/runs/{id}/resume';
  const cancel = '/v1/runs/{id}/cancel';
  const retry = '/v1/runs/{id}/retry';
  const fork = '/v1/runs/{id}/fork';
  const said = (answer: Promise<Run | Decisions>) => answer as Promise<Decisions>;
  const done = (answer: Promise<Run | Decisions>) => answer as Promise<Run>;
  return {
    pauseRun: (id: string) => done(call(connection, 'post', pause, { path: { id }, repeatable: true })),
    wouldPauseRun: (id: string) => said(call(connection, 'post', pause, { path: { id }, query: DRY_RUN })),
    resumeRun: (id: string, maxUsd?: string) =>
      done(
        call(connection, 'post', resume, {
          path: { id },
          repeatable: true,
          ...(maxUsd === undefined ? {} : { query: { maxUsd } }),
        }),
      ),
    wouldResumeRun: (id: string) => said(call(connection, 'post', resume, { path: { id }, query: DRY_RUN })),
    cancelRun: (id: string) => done(call(connection, 'post', cancel, { path: { id }, repeatable: true })),
    wouldCancelRun: (id: string) => said(call(connection, 'post', cancel, { path: { id }, query: DRY_RUN })),
    retryRun: (id: string, body: RetryBody, key: string) =>
      done(call(connection, 'post', retry, { path: { id }, body, ...keyed(key) })),
    wouldRetryRun: (id: string, body: RetryBody) =>
      said(call(connection, 'post', retry, { path: { id }, body, query: DRY_RUN })),
    forkRun: (id: string, body: ForkBody, key: string) =>
      done(call(connection, 'post', fork, { path: { id }, body, ...keyed(key) })),
    wouldForkRun: (id: string, body: ForkBody) =>
      said(call(connection, 'post', fork, { path: { id }, body, query: DRY_RUN })),
    listCheckpoints: async (id: string, phase?: PhaseChoice) =>
      call(connection, 'get', '/v1/runs/{id}/checkpoints', {
        path: { id },
        query: phase === undefined ? {} : { phase },
      }),
  };
}
