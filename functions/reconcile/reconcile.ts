/** Gives every run its end and its start: told of an execution that has ended, and each minute without being told. */
import * as z from 'zod';
import { name, ulid } from '#contracts/source/scalars.ts';
import { reconcileRuns } from '#core/application/commands/reconcile-runs.ts';
import { settleRun } from '#core/application/commands/settle-run.ts';
import { ForgeError } from '#core/domain/errors.ts';
import type { Principal } from '#core/domain/principal.ts';
import { cloudEvent } from '../shared/cloud-event.ts';
import { type EventFunction, eventFunction, requireShape } from '../shared/event-function.ts';
import { telemetry } from '../shared/powertools.ts';

const executionEvent = cloudEvent.extend({
  source: z.literal('aws.states'),
  'detail-type': z.literal('Step Functions Execution Status Change'),
  detail: z.object({ name: z.string().min(1).max(80), input: z.string().max(10_000) }),
});
const minuteEvent = cloudEvent.extend({
  source: z.literal('aws.events'),
  'detail-type': z.literal('Scheduled Event'),
});
const anyEvent = z.union([executionEvent, minuteEvent]);

/** What every execution of the pipeline is started with. */
const executionInput = z.object({ tenant: name, runId: ulid });

type ReconcilePorts = Parameters<typeof reconcileRuns>[0] & Parameters<typeof settleRun>[0];

export function createReconcile(ports: ReconcilePorts): EventFunction {
  const { logger, count } = telemetry('reconcile');
  const principalOf = (tenant: string): Principal => ({ tenant, role: 'runner', subject: 'reconciler' });
  return eventFunction('reconcile', anyEvent, async (known) => {
    if (known.source === 'aws.states') return settleOne(ports, principalOf, known.detail);
    const faults: string[] = [];
    const { looked } = await reconcileRuns(
      ports,
      async (end) => {
        await settleRun(ports, principalOf(end.tenant), end);
      },
      (what, error) => {
        logger.error(`${what} cannot be put right`, { error: error as Error });
        count('RunNotReconciled');
        faults.push(what);
      },
    );
    return { looked, faults: faults.length };
  });
}

/** The service is asked how the execution ended: events come late, twice and in any order. */
async function settleOne(
  ports: ReconcilePorts,
  principalOf: (tenant: string) => Principal,
  { name: execution, input }: z.output<typeof executionEvent>['detail'],
): Promise<unknown> {
  const { tenant, runId } = requireShape(executionInput, parsedInput(input));
  const found = await ports.workflow.describe(execution);
  if (found === null) {
    throw new ForgeError('not_found', `There is no execution ${execution} of the pipeline.`, {
      hint: 'Let the rule match the events of the pipeline machine only.',
    });
  }
  const { status, error, cause } = found;
  const words = { ...(error === null ? {} : { error }), ...(cause === null ? {} : { cause }) };
  return settleRun(ports, principalOf(tenant), { tenant, runId, execution, status, ...words });
}

function parsedInput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
