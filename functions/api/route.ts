/** A documented route: the entry in the OpenAPI document and the handler are given together, so neither can be missing. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Handler } from 'hono';
import * as z from 'zod';
import { requireRole } from '#core/domain/principal.ts';
import type { ApiEnvironment } from './environment.ts';
import { accessOf, isCommand } from './roles.ts';
import { problem } from './schemas/problem.ts';

export type ApiApp = OpenAPIHono<ApiEnvironment>;

export interface RouteSpec {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** OpenAPI's form: `/v1/runs/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Status → body; null where there is none. */
  readonly answers: Readonly<Record<number, z.ZodType | null>>;
  /** Media types beside JSON under which the answer can be had. */
  readonly alsoAs?: readonly string[];
  /** Kept for old clients; `successor` is `METHOD /path`. */
  readonly deprecated?: { readonly successor: string };
}

function contentOf(schema: z.ZodType, alsoAs: readonly string[] = []) {
  const text = Object.fromEntries(alsoAs.map((type) => [type, { schema: z.string() }]));
  return { 'application/json': { schema }, ...text };
}

function responsesOf({ answers, alsoAs }: RouteSpec) {
  const given = Object.entries(answers).map(([status, schema]) => [
    status,
    {
      description: Number(status) < 400 ? 'Done' : 'Refused',
      ...(schema ? { content: contentOf(schema, alsoAs) } : {}),
    },
  ]);
  const failure = {
    description: 'A problem document',
    content: { 'application/problem+json': { schema: problem } },
  };
  return { ...Object.fromEntries(given), default: failure };
}

/** Adds a route for whom the table of roles lets in. */
export function addRoute(app: ApiApp, spec: RouteSpec, handler: Handler<ApiEnvironment>): void {
  const { method, path, summary, tag, params, query, headers, body, deprecated } = spec;
  const route = `${method.toUpperCase()} ${path}`;
  const access = accessOf(route, deprecated?.successor);
  const audited = isCommand(route, access);
  app.openAPIRegistry.registerPath({
    method,
    path,
    summary,
    tags: [tag],
    operationId: operationId(method, path),
    request: {
      ...(params ? { params } : {}),
      ...(query ? { query } : {}),
      ...(headers ? { headers } : {}),
      ...(body ? { body: { required: true, content: { 'application/json': { schema: body } } } } : {}),
    },
    responses: responsesOf(spec),
    security: access === 'anyone' ? [] : [{ token: [] }],
    ...(access === 'anyone' ? {} : { 'x-forge-role': access }),
    ...(deprecated ? { deprecated: true, description: `Use ${deprecated.successor}.` } : {}),
  });
  const guarded: Handler<ApiEnvironment> =
    access === 'anyone'
      ? handler
      : (context, next) => {
          if (audited && context.var.trail) context.var.trail.command = route;
          requireRole(context.var.principal, access);
          return handler(context, next);
        };
  app.on(method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ':$1'), guarded);
}

/** `get /v1/runs/{id}/events` → `getRunsByIdEvents`. */
function operationId(method: string, path: string): string {
  const words = path
    .replace(/^\/v1\//, '')
    .split(/[/.]/)
    .map((part) => part.replace(/^\{(\w+)\}$/, 'by-$1'));
  return [method, ...words].join('-').replaceAll(/-+(\w)/g, (_, letter: string) => letter.toUpperCase());
}
