/** One frame of a client, answered: what API Gateway hands over and what the local server's sockets receive alike. */

import { nearestName } from '#contracts/source/problems.ts';
import {
  frameOfAction,
  MOST_BYTES_IN,
  SOCKET_ACTIONS,
  type SocketFrame,
} from '#contracts/source/socket-frame.ts';
import { followRun, unfollowRun } from '#core/application/commands/follow-run.ts';
import { ForgeError, toForgeError } from '#core/domain/errors.ts';
import type { Ulid } from '#core/domain/ids.ts';
import { type Connection, controlText, noSuchConnection } from '#core/domain/socket.ts';
import type { EventSockets } from '#core/ports/event-sockets.ts';
import { requireShape } from '../shared/event-function.ts';
import { problemDocument } from '../shared/http-errors.ts';

/** Where the frames are said to come from in problem documents. */
export const SOCKET_PATH = '/v1/socket';

/** @throws ForgeError for every frame that is none of ours */
function frameOf(text: string): SocketFrame {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > MOST_BYTES_IN) {
    throw new ForgeError('too_large', `The frame has ${bytes} bytes; ${MOST_BYTES_IN} are taken.`, {
      code: 'frame_too_large',
    });
  }
  const value = jsonOf(text);
  // {resume: {after}} says what it is by its only member.
  const named = 'resume' in value && !('action' in value) ? { action: 'resume', ...value } : value;
  const { action } = named as { action?: unknown };
  const schema = frameOfAction(action);
  if (schema) return requireShape(schema, named);
  const nearest = typeof action === 'string' ? nearestName(action, SOCKET_ACTIONS) : undefined;
  throw new ForgeError('validation', `The frame's action is none of ${SOCKET_ACTIONS.join(', ')}.`, {
    code: 'unknown_action',
    ...(nearest === undefined ? {} : { hint: `Did you mean ${nearest}?` }),
  });
}

function jsonOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below, in the same words as for JSON of another kind.
  }
  throw new ForgeError('malformed', 'The frame is no JSON object.', {
    code: 'invalid_json',
    hint: 'Send text such as {"action":"ping"}.',
  });
}

/** The run that a `resume` means. */
function resumed(run: Ulid | undefined, followed: readonly Ulid[]): Ulid {
  const [only] = followed;
  if (run !== undefined) return run;
  if (only !== undefined && followed.length === 1) return only;
  throw new ForgeError('validation', `Which run to resume is not clear: ${followed.length} are followed.`, {
    code: 'run_required',
    hint: 'Send {"action":"resume","run":"…","resume":{"after":N}}.',
  });
}

/** @returns the runs whose events the connection is to be sent now */
async function act(
  ports: EventSockets,
  connection: Connection,
  frame: SocketFrame,
): Promise<readonly Ulid[]> {
  const { connections, sender } = ports;
  if (frame.action === 'ping') {
    await sender.send(connection.id, controlText({ type: 'pong' }));
    // Whatever became of an earlier sender, a client that pings is level afterwards.
    return connections.followed(connection.id);
  }
  if (frame.action === 'unsubscribe') {
    await unfollowRun(ports, connection, frame.run);
    return [];
  }
  const wanted =
    frame.action === 'subscribe'
      ? { run: frame.run, after: frame.after }
      : { run: resumed(frame.run, await connections.followed(connection.id)), after: frame.resume.after };
  return (await followRun(ports, connection, wanted)) ? [wanted.run] : [];
}

export interface Answered {
  readonly tenant: string;
  /** The runs whose events the connection is to be sent now. */
  readonly level: readonly Ulid[];
}

/**
 * Never throws for what a client sent: that is answered with a problem frame.
 *
 * @param onFault hears of what is our own fault
 */
export async function answerFrame(
  ports: EventSockets,
  id: string,
  text: string,
  onFault: (error: unknown) => void,
): Promise<Answered> {
  let tenant = '';
  try {
    const connection = await ports.connections.connection(id, ports.clock.now().toISOString());
    if (!connection) throw noSuchConnection();
    tenant = connection.tenant;
    return { tenant, level: await act(ports, connection, frameOf(text)) };
  } catch (thrown) {
    const error = toForgeError(thrown);
    if (error.facts.http >= 500) onFault(thrown);
    const problem = problemDocument(error, SOCKET_PATH, id);
    await ports.sender.send(id, JSON.stringify({ type: 'problem', problem }));
    return { tenant, level: [] };
  }
}
