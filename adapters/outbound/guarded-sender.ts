/** Posts to addresses that users named: to the very address that was checked, within limits, without following anybody. */
import { type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { ForgeError } from '#core/domain/errors.ts';
import type { Outbound, OutboundRequest } from '#core/ports/outbound.ts';
import { type AllowedAddress, allowedAddress, type OutboundRules } from './allowed-address.ts';

export interface SenderOptions extends OutboundRules {
  /** From the first packet to the last header. @default 10 seconds */
  readonly timeoutMs?: number;
  /** Certificates to trust instead of the system's. */
  readonly certificates?: string;
  /** Where a connection to a checked address leads. Tests have no public address of their own. @default there */
  readonly route?: (address: string, port: number) => { readonly address: string; readonly port: number };
}

const TIMEOUT_MS = 10_000;
const MAX_HEADER_BYTES = 16_384;
const MAX_ADDRESSES = 3;

function unreachable(reason: string, cause?: unknown): ForgeError {
  return new ForgeError('dependency', reason, { code: 'unreachable', cause });
}

/** Errors of getting a connection: the next address of the same name may do better. */
const isConnectFailure = (error: unknown): boolean => (error as NodeJS.ErrnoException).syscall === 'connect';

export function guardedSender(options: SenderOptions = {}): Outbound {
  return {
    async requireAllowed(url) {
      await allowedAddress(url, options);
    },
    async post(sent) {
      // Asked again each time: what a name stands for may have changed since it was accepted.
      const allowed = await allowedAddress(sent.url, options);
      const signal = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
      for (const address of allowed.addresses.slice(0, MAX_ADDRESSES)) {
        try {
          return await postTo(address, allowed, sent, options, signal);
        } catch (error) {
          if (signal.aborted) throw unreachable('Nobody answered in time.', error);
          if (!isConnectFailure(error)) throw unreachable('The connection failed.', error);
        }
      }
      throw unreachable('No connection could be made.');
    },
  };
}

/** Answers the status as soon as it is there; the body is nobody's business and is not read. */
function postTo(
  address: string,
  { url }: AllowedAddress,
  { headers, body }: OutboundRequest,
  { certificates, route = (to, port) => ({ address: to, port }) }: SenderOptions,
  signal: AbortSignal,
): Promise<number> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const usualPort = url.protocol === 'https:' ? 443 : 80;
  const target = route(address, url.port === '' ? usualPort : Number(url.port));
  const settings: RequestOptions & { servername?: string; ca?: string } = {
    method: 'POST',
    host: target.address,
    port: target.port,
    path: `${url.pathname}${url.search}`,
    headers: { ...headers, host: url.host, 'content-length': Buffer.byteLength(body) },
    agent: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    signal,
    // The certificate has to be the name's, although the connection goes to an address.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(certificates === undefined ? {} : { ca: certificates }),
  };
  return new Promise((done, fail) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request = send(settings, (response) => {
      done(response.statusCode ?? 0);
      response.destroy();
    });
    request.on('error', fail);
    request.end(body);
  });
}
