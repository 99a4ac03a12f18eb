import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { Ulid } from '../domain/ids.ts';

export interface LogFilter {
  readonly phase?: PhaseSlug;
  readonly stage?: string;
  readonly index?: number;
  /** Last lines of each log. @default all of them, up to the store's limit */
  readonly tail?: number;
}

/** What one attempt of one job wrote for people: its standard error. */
export interface AttemptLog {
  readonly phase: string;
  readonly stage: string;
  readonly index: number | null;
  readonly jobId: string;
  readonly attempt: number;
  readonly text: string;
}

export interface LogReader {
  read(tenant: string, run: Ulid, filter: LogFilter): Promise<readonly AttemptLog[]>;
}
