/** Starts the run of a schedule whose time has come. */
import * as z from 'zod';
import { name, timestamp } from '#contracts/source/scalars.ts';
import type { Schedule } from '#contracts/source/triggers.ts';
import { submitScheduled } from '#core/application/commands/submit-scheduled.ts';
import { type EventFunction, eventFunction } from '../shared/event-function.ts';

/** What the scheduler is told to send: the name, and the time that it was set for. */
const timeCome = z.object({ schedule: name, at: timestamp });

export function createOnSchedule(
  ports: Parameters<typeof submitScheduled>[0],
  schedules: readonly Schedule[],
): EventFunction {
  return eventFunction('on-schedule', timeCome, async ({ schedule, at }) => {
    const { tenant, id } = await submitScheduled(ports, schedules, schedule, at);
    return { tenant, runId: id };
  });
}
