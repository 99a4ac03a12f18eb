/** The frame of every function that a state machine calls: it acts for the tenant of its event. */
import type * as z from 'zod';
import type { Principal } from '#core/domain/principal.ts';
import { type EventFunction, eventFunction } from './event-function.ts';

export type TaskFunction = EventFunction;

export function taskFunction<Schema extends z.ZodType<{ tenant: string; execution?: string | undefined }>>(
  name: string,
  schema: Schema,
  act: (principal: Principal, event: z.output<Schema>) => Promise<unknown>,
): TaskFunction {
  return eventFunction(name, schema, (event) => {
    const { tenant, execution } = event;
    return act({ tenant, role: 'runner', subject: `execution/${execution ?? 'unknown'}` }, event);
  });
}
