/**
 * Where a client may put its token when it opens a socket: browsers send no headers of their own with one, so the list of
 * protocols carries it. In the address it would stand in logs; that is taken for clients that can do nothing else.
 */
import { SOCKET_PROTOCOL, TOKEN_PROTOCOL } from '#contracts/source/socket-frame.ts';
import type { Credentials } from '#core/ports/authenticator.ts';

export interface Handshake {
  readonly authorization: string | undefined;
  /** The header `Sec-WebSocket-Protocol`. */
  readonly protocols: string | undefined;
  /** `?token=`. */
  readonly token: string | undefined;
}

export interface SocketCredentials {
  readonly credentials: Credentials;
  /** To be named in the answer; a browser closes a socket whose server picks none of what it offered. */
  readonly protocol: string | undefined;
}

export function socketCredentials({ authorization, protocols = '', token }: Handshake): SocketCredentials {
  const offered = protocols.split(',').map((each) => each.trim());
  const inProtocol = offered.find((each) => each.startsWith(TOKEN_PROTOCOL))?.slice(TOKEN_PROTOCOL.length);
  const bearer = inProtocol ?? token;
  return {
    credentials: { authorization: authorization ?? (bearer === undefined ? undefined : `Bearer ${bearer}`) },
    protocol: offered.includes(SOCKET_PROTOCOL) ? SOCKET_PROTOCOL : undefined,
  };
}
