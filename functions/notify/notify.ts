/** Tells people how a run ended. */
import * as z from 'zod';
import { event as eventShape } from '#contracts/source/event.ts';
import type { Notifier } from '#core/ports/notifier.ts';
import { cloudEvent } from '../shared/cloud-event.ts';
import { type EventFunction, eventFunction } from '../shared/event-function.ts';

const domainEvent = cloudEvent.extend({ source: z.literal('agent-forge'), detail: eventShape });

const VERBS: Readonly<Record<string, string>> = {
  RunCompleted: 'succeeded',
  RunFailed: 'failed',
  RunCancelled: 'was cancelled',
  BudgetReached: 'has reached its budget and pauses',
};

export function createNotify(ports: { readonly notifier: Notifier }): EventFunction {
  return eventFunction('notify', domainEvent, async ({ detail }) => {
    const { type, tenant, run, at, data } = detail;
    const subject = `Run ${run} ${VERBS[type] ?? type}`;
    const { kind, message, hint } = data as { kind?: unknown; message?: unknown; hint?: unknown };
    const why = [kind && `Error: ${String(kind)}`, message, hint].filter(Boolean).map(String);
    const text = [`${subject} at ${at}.`, ...why, `Look at it: forge runs get ${run}`].join('\n');
    await ports.notifier.notify({ subject, text, attributes: { type, tenant, run } });
    return { notified: run };
  });
}
