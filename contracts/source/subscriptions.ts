/** Who is told of which domain events. Reactions only: the order of phases stays with the state machines. */
import * as z from 'zod';
import { EVENT_TYPES, isDomainEvent } from './event-types.ts';
import { name } from './scalars.ts';

export const subscriptionsManifest = z.strictObject({
  schemaVersion: z.literal(1),
  subscriptions: z.array(
    z.strictObject({
      function: name.describe('A function of contracts/functions.json with the trigger `subscription`.'),
      types: z.array(z.enum(EVENT_TYPES).refine(isDomainEvent, 'progress is not put on the bus')).min(1),
    }),
  ),
});

export type SubscriptionsManifest = Readonly<z.output<typeof subscriptionsManifest>>;
