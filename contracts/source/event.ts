/** The one envelope of every event: what the log keeps, SSE sends and the bus carries. */
import * as z from 'zod';
import { EVENT_TYPES, type EventType } from './event-types.ts';
import { phaseSlug } from './phase-slugs.ts';
import { count, name, timestamp, ulid } from './scalars.ts';

/** What a job may say of itself. That a phase or a run began or ended is said by whoever decides it. */
const CONTAINER_EVENT_TYPES = [
  'CheckpointSaved',
  'CheckpointRejected',
  'phase_progress',
  'generation_update',
  'training_metrics',
  'compression_progress',
  'error_notification',
] as const satisfies readonly EventType[];

/** One line that a container prints on stdout. */
export const eventLine = z
  .strictObject({
    type: z.enum(CONTAINER_EVENT_TYPES),
    at: timestamp,
    data: z.record(z.string(), z.unknown()),
    job: z
      .string()
      .min(1)
      .max(128)
      .optional()
      .describe(
        'Id that the queue gave the job. Where the name of a log does not tell whose it is, this does, and the queue is asked whether it is true.',
      ),
  })
  .meta({ id: 'event-line', title: 'Event line printed by a container' });

export const event = z
  .strictObject({
    seq: z.int().min(1).describe('Rises by one per run, without gaps.'),
    type: z.enum(EVENT_TYPES),
    tenant: name,
    run: ulid,
    phase: phaseSlug.nullable(),
    attempt: count
      .nullable()
      .describe(
        'Which start of the phase; null for what belongs to the run. The attempt of a job is data.jobAttempt.',
      ),
    at: timestamp,
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'event', title: 'Event' });

export type ForgeEvent = Readonly<z.output<typeof event>>;
export type EventLine = Readonly<z.output<typeof eventLine>>;
