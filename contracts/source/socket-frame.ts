/** What a client may say over the event socket, and the names of what the server says besides events. */
import * as z from 'zod';
import { ulid } from './scalars.ts';

/** Bytes of one frame from a client: API Gateway takes no more. */
export const MOST_BYTES_IN = 32 * 1024;
/** Bytes of one frame to a client: API Gateway posts no more. */
export const MOST_BYTES_OUT = 128 * 1024;
/** Runs that one connection may follow. */
export const MOST_SUBSCRIPTIONS = 20;
/** What a client names in Sec-WebSocket-Protocol, beside its token. */
export const SOCKET_PROTOCOL = 'forge.v1';
/** What the token is preceded by there. */
export const TOKEN_PROTOCOL = 'bearer.';

/** A number that the log cannot have given is answered with a resync, not refused. */
const after = z.number().describe('Number of the last event that the client has; 0 for all of them.');

const subscribe = z.strictObject({ action: z.literal('subscribe'), run: ulid, after: after.default(0) });
const resume = z.strictObject({
  action: z.literal('resume'),
  run: ulid.optional().describe('May be left out where the connection follows one run.'),
  resume: z.strictObject({ after }),
});
const unsubscribe = z.strictObject({ action: z.literal('unsubscribe'), run: ulid });
const ping = z.strictObject({ action: z.literal('ping') });

const ACTIONS = { subscribe, resume, unsubscribe, ping } as const;

export type SocketAction = keyof typeof ACTIONS;
export type SocketFrame = Readonly<z.output<(typeof ACTIONS)[SocketAction]>>;

export const SOCKET_ACTIONS = Object.keys(ACTIONS) as readonly SocketAction[];

/** The schema of an action; undefined for a word that is none. */
export function frameOfAction(action: unknown): (typeof ACTIONS)[SocketAction] | undefined {
  return typeof action === 'string' && Object.hasOwn(ACTIONS, action)
    ? ACTIONS[action as SocketAction]
    : undefined;
}
