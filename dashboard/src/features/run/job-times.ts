/** When each job of a run was submitted, began and ended, by its events. */
import type { ForgeEvent } from '../../lib/api-types.ts';

export interface JobTimes {
  readonly key: string;
  readonly phase: string;
  readonly stage: string;
  readonly index: number | null;
  readonly attempt: number;
  readonly submitted: ForgeEvent;
  readonly started: ForgeEvent | null;
  readonly finished: ForgeEvent | null;
  readonly status: string;
}

const keyOf = ({ data }: ForgeEvent): string => `${data.job} ${data.jobAttempt}`;

/** In the order of their submission. */
export function jobTimes(events: readonly ForgeEvent[]): readonly JobTimes[] {
  const jobs = new Map<string, JobTimes>();
  for (const event of events) {
    const key = keyOf(event);
    const { data, type, phase } = event;
    const known = jobs.get(key);
    const status = typeof data.status === 'string' ? data.status : '';
    if (type === 'JobSubmitted' || (type === 'JobStarted' && !known)) {
      jobs.set(key, {
        key,
        phase: phase ?? '',
        stage: String(data.stage),
        index: typeof data.index === 'number' ? data.index : null,
        attempt: Number(data.jobAttempt),
        submitted: event,
        started: type === 'JobStarted' ? event : null,
        finished: null,
        status,
      });
    } else if (type === 'JobStarted' && known) jobs.set(key, { ...known, started: event, status });
    else if (type === 'JobFinished' && known) jobs.set(key, { ...known, finished: event, status });
  }
  return [...jobs.values()];
}
