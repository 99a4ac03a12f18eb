import type { Ulid } from '../domain/ids.ts';
import type { Run, RunStatus } from '../domain/run.ts';

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

/** What a list row carries; the whole record comes by id. */
export type RunSummary = Pick<
  Run,
  'id' | 'name' | 'status' | 'createdAt' | 'startedAt' | 'endedAt' | 'version'
> & {
  readonly phases: readonly { readonly slug: string; readonly status: string }[];
};

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
