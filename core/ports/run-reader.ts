import type { Ulid } from '../domain/ids.ts';
import type { Run, RunStatus } from '../domain/run.ts';
import type { RunSummary } from '../domain/run-summary.ts';

/** A page of records, newest first. `next` is the id to go on after, or null at the end. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export interface PageRequest {
  readonly limit: number;
  /** Start after this id. */
  readonly after: string | null;
}

export interface RunReader {
  get(tenant: string, id: Ulid): Promise<Run | null>;
  list(tenant: string, filter: { status?: RunStatus }, page: PageRequest): Promise<Page<RunSummary>>;
  /** The run that an Idempotency-Key made, with the hash of the body that came with it. */
  byIdempotencyKey(
    tenant: string,
    key: string,
    now: string,
  ): Promise<{ runId: Ulid; bodyHash: string } | null>;
}
