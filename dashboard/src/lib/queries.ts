/** Questions to the API that several features ask. */
import { queryOptions } from '@tanstack/react-query';
import { read, readAt } from './api.ts';
import type { RunReport, RunStatus } from './api-types.ts';

const LIVE_MS = 3000;

/** Statuses that a run never leaves. */
export const hasEnded = (status: RunStatus): boolean =>
  status === 'succeeded' || status === 'failed' || status === 'cancelled';

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ['run', id],
    queryFn: () => read('/v1/runs/{id}', { id }),
    refetchInterval: ({ state }) => (state.data && hasEnded(state.data.status) ? false : LIVE_MS),
  });

export const topologyQuery = (id: string, live: boolean) =>
  queryOptions({
    queryKey: ['topology', id],
    queryFn: () => read('/v1/runs/{id}/topology', { id }),
    refetchInterval: live ? LIVE_MS : false,
  });

export const gatesQuery = (id: string, live: boolean) =>
  queryOptions({
    queryKey: ['gates', id],
    queryFn: () => read('/v1/runs/{id}/gates', { id }),
    refetchInterval: live ? LIVE_MS : false,
  });

export const metricsQuery = (id: string, live: boolean) =>
  queryOptions({
    queryKey: ['metrics', id],
    queryFn: () => read('/v1/runs/{id}/metrics', { id }),
    refetchInterval: live ? LIVE_MS : false,
  });

/** Written when the run has ended; before that the API has none. */
export const reportQuery = (id: string, ended: boolean) =>
  queryOptions({
    queryKey: ['report', id],
    queryFn: () => readAt(`/v1/runs/${encodeURIComponent(id)}/report`) as Promise<RunReport>,
    enabled: ended,
  });

export const modelQuery = (reference: string) =>
  queryOptions({
    queryKey: ['model', reference],
    queryFn: () => read('/v1/models/{reference}', { reference }),
  });
