/** Starts the run of a schedule for one of its times. */
import type { Schedule } from '#contracts/source/triggers.ts';
import { ForgeError } from '../../domain/errors.ts';
import type { Run } from '../../domain/run.ts';
import { type SubmitPorts, submitRun } from './submit-run.ts';

/**
 * The same time again gives the same run.
 *
 * @param at the time that the schedule names, not the one at which it was noticed
 */
export async function submitScheduled(
  ports: SubmitPorts,
  schedules: readonly Schedule[],
  name: string,
  at: string,
): Promise<Run> {
  const found = schedules.find((each) => each.name === name);
  if (!found) {
    throw new ForgeError('not_found', `There is no schedule "${name}".`, {
      hint: `Schedules: ${schedules.map((each) => each.name).join(', ') || 'none'}.`,
    });
  }
  const { tenant, run } = found;
  const principal = { tenant, role: 'runner', subject: `schedule/${name}` } as const;
  const document = { ...run, name };
  return submitRun(ports, principal, { document, idempotencyKey: `schedule-${name}-${at}` });
}
