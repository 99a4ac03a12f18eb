/** Events before they get their number: what use cases and ingestion hand to the event log. */
import type { EventType } from '#contracts/source/event-types.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { Ulid } from './ids.ts';

export interface NewEvent {
  readonly type: EventType;
  readonly run: Ulid;
  readonly phase: PhaseSlug | null;
  /** Which start of the phase; null for what belongs to the run. A job's own attempt is `data.jobAttempt`. */
  readonly attempt: number | null;
  readonly at: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Delivered twice, an event with the same key is kept once. @default the event is always kept */
  readonly key?: string;
}
