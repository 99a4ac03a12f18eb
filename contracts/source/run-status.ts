/** The statuses of a run. Which may follow which is the domain's business. */
export const RUN_STATUSES = [
  'queued',
  'running',
  'pausing',
  'paused',
  'cancelling',
  'cancelled',
  'succeeded',
  'failed',
] as const;

export type RunStatus = (typeof RUN_STATUSES)[number];
