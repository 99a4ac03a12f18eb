/** The clock of the embedded cloud: calls a schedule's function at each of its times. What EventBridge is on AWS. */
import { Cron } from 'croner';
import type { Schedule } from '#contracts/source/triggers.ts';
import type { EventFunction } from '#functions/shared/event-function.ts';

/** A time that passed while the server was down is not made up for. @returns stops the clock */
export function startSchedules(
  schedules: readonly Schedule[],
  onSchedule: EventFunction,
  onFault: (what: string, error: unknown) => void,
): () => void {
  const jobs = schedules.map(({ name, cron }) => {
    let due = new Cron(cron, { timezone: 'UTC' }).nextRun();
    return new Cron(cron, { timezone: 'UTC', unref: true }, (job) => {
      // The time that was set, not the one at which the timer fired: it is what makes a repeated call the same call.
      const at = (due ?? new Date()).toISOString();
      due = job.nextRun();
      onSchedule({ schedule: name, at }).catch((error: unknown) => onFault(`schedule ${name}`, error));
    });
  });
  return () => {
    for (const job of jobs) job.stop();
  };
}
