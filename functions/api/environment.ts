/** What the API is made of, and what each request carries. */
import type { Context, MiddlewareHandler } from 'hono';
import type { Principal } from '#core/domain/principal.ts';
import type { Authenticator } from '#core/ports/authenticator.ts';
import type { LogReader } from '#core/ports/log-reader.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { RateCounter } from '#core/ports/rate-counter.ts';
import type { Sending } from '#core/ports/sending.ts';
import type { Telemetry } from '../shared/powertools.ts';
import type { Trail } from './audit-trail.ts';
import type { RequestLimits } from './request-limits.ts';

export interface ApiPorts extends Ports, Sending {
  readonly logs: LogReader;
  readonly authenticator: Authenticator;
  readonly rateCounter: RateCounter;
}

export interface ApiOptions {
  readonly version: string;
  /** Signs paging cursors. */
  readonly cursorSecret: string;
  /** How long one SSE response lives before the client has to reconnect. @default Infinity */
  readonly streamSeconds?: number;
  /** Of each tenant whose quota says nothing. @default any number */
  readonly requestsPerMinute?: number;
  /** Checks that the place where the API runs adds ahead of everything. @default none */
  readonly guards?: readonly MiddlewareHandler[];
  /** Who signed the request, where a gateway in front verifies signatures. @default nobody does */
  readonly callerArn?: (context: Context<ApiEnvironment>) => string | undefined;
}

/** Variables of a request in Hono's context. */
export interface ApiEnvironment {
  Variables: {
    principal: Principal;
    requestId: string;
    /** `RateLimit-…` headers of the answer; undefined where nothing is counted. */
    rateLimit: Readonly<Record<string, string>> | undefined;
    /** Of a request that may change something. */
    trail: Trail | undefined;
  };
}

export interface ApiContext {
  readonly ports: ApiPorts;
  readonly options: ApiOptions;
  readonly telemetry: Telemetry;
  readonly requestLimits: RequestLimits;
}
