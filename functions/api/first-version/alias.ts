/** Registers a route of the first version: under both of its prefixes, marked as deprecated, naming its successor. */
import type { Handler } from 'hono';
import type { ApiEnvironment } from '../environment.ts';
import { type ApiApp, addRoute, type RouteSpec } from '../route.ts';

/** The second one is what the first version's code had; the first one what its documents say. */
const PIPELINE = ['/api/pipeline', '/api/v1/pipeline'] as const;

/** Midnight UTC of 23 November 2026: the day of the first release that has these routes. */
const DEPRECATED_SINCE = Date.UTC(2026, 10, 23) / 1000;

export interface Alias extends Omit<RouteSpec, 'tag' | 'path' | 'deprecated'> {
  /** Below the prefix. */
  readonly path: string;
  /** The route that does the same now, as `METHOD /path`. */
  readonly successor: string;
}

/** @param prefixes where the routes of the first version's other servers were. @default the pipeline's */
export function addAlias(
  app: ApiApp,
  { path, successor, ...spec }: Alias,
  handler: Handler<ApiEnvironment>,
  prefixes: readonly string[] = PIPELINE,
): void {
  const target = successor.slice(successor.indexOf('/'));
  // What the old path names, the new one names too; what stood in a body stays a placeholder.
  const linked = (given: Readonly<Record<string, string>>) =>
    target.replace(/\{\w+\}/, (slot) => given.run_id ?? given.model_id ?? given.name ?? slot);
  for (const prefix of prefixes) {
    const route = { ...spec, path: `${prefix}${path}`, tag: 'v1', deprecated: { successor } };
    addRoute(app, route, (context, next) => {
      context.header('deprecation', `@${DEPRECATED_SINCE}`);
      context.header('link', `<${encodeURI(linked(context.req.param()))}>; rel="successor-version"`);
      return handler(context, next);
    });
  }
}
