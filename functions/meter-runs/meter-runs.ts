/** Pauses runs before they cost more than they may: on AWS each minute, on one machine each second. */
import * as z from 'zod';
import { type MeterPorts, meterRuns } from '#core/application/commands/meter-runs.ts';
import { type EventFunction, eventFunction } from '../shared/event-function.ts';
import { telemetry } from '../shared/powertools.ts';

/** A job has this long for its checkpoint: the job definition's stop time-out, and the local runner's grace. */
const GRACE_SECONDS = 30;
const anyEvent = z.object({});

export function createMeterRuns(
  ports: MeterPorts,
  { lookSeconds }: { readonly lookSeconds: number },
): EventFunction {
  const { logger, count } = telemetry('meter-runs');
  return eventFunction('meter-runs', anyEvent, () =>
    meterRuns(ports, { lookSeconds, graceSeconds: GRACE_SECONDS }, (what, error) => {
      logger.error(`${what} cannot be metered`, { error: error as Error });
      count('RunNotMetered');
    }),
  );
}
