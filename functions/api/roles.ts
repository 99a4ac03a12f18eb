/**
 * The least role of every route. This table is the one place where it stands: it is enforced before a route's handler
 * sees a request and shown in the OpenAPI document as `x-forge-role`. A route without a row cannot be added.
 *
 * A viewer reads; a runner submits and controls runs and brings in corpora and models; a maintainer changes what other
 * people's runs build on; an admin decides who may do what, and how much.
 */
import type { Role } from '#core/domain/principal.ts';

/** Reachable without any credentials. */
export type Access = Role | 'anyone';

const READING: Readonly<Record<string, Access>> = {
  'GET /v1/health': 'anyone',
  'GET /v1/openapi.json': 'anyone',
  'GET /api/pipeline/health': 'anyone',
  'GET /api/v1/pipeline/health': 'anyone',
  'GET /v1/artifacts/{sha256}': 'viewer',
  'GET /v1/claims': 'viewer',
  'GET /v1/claims/{id}': 'viewer',
  'GET /v1/corpora': 'viewer',
  'GET /v1/costs': 'viewer',
  'GET /v1/corpora/{reference}': 'viewer',
  'GET /v1/models': 'viewer',
  'GET /v1/models/{reference}': 'viewer',
  'GET /v1/models/{reference}/lineage': 'viewer',
  'GET /v1/models/{reference}/metadata': 'viewer',
  'POST /v1/models/{reference}/verify': 'viewer',
  'GET /v1/phases': 'viewer',
  'GET /v1/phases/{slug}': 'viewer',
  'POST /v1/plan': 'viewer',
  'GET /v1/presets': 'viewer',
  'GET /v1/presets/{name}': 'viewer',
  'GET /v1/quotas': 'viewer',
  'GET /v1/runs': 'viewer',
  'GET /v1/runs/{id}': 'viewer',
  'GET /v1/runs/{id}/checkpoints': 'viewer',
  'GET /v1/runs/{id}/decisions': 'viewer',
  'GET /v1/runs/{id}/events': 'viewer',
  'GET /v1/runs/{id}/gates': 'viewer',
  'GET /v1/runs/{id}/logs': 'viewer',
  'GET /v1/runs/{id}/metrics': 'viewer',
  'GET /v1/runs/{id}/report': 'viewer',
  'GET /v1/runs/{id}/series': 'viewer',
  'GET /v1/runs/{id}/topology': 'viewer',
  'GET /v1/uploads': 'viewer',
};

const RUNNING: Readonly<Record<string, Access>> = {
  'POST /v1/corpora': 'runner',
  'POST /v1/models': 'runner',
  'POST /v1/runs': 'runner',
  'POST /v1/runs/{id}/cancel': 'runner',
  'POST /v1/runs/{id}/fork': 'runner',
  'POST /v1/runs/{id}/pause': 'runner',
  'POST /v1/runs/{id}/resume': 'runner',
  'POST /v1/runs/{id}/retry': 'runner',
  'POST /v1/uploads': 'runner',
};

const MAINTAINING: Readonly<Record<string, Access>> = {
  'POST /v1/gc': 'maintainer',
  'DELETE /v1/models/{reference}': 'maintainer',
  'POST /v1/models/{reference}/archive': 'maintainer',
  'POST /v1/models/{reference}/promote': 'maintainer',
  'POST /v1/models/{reference}/quarantine': 'maintainer',
  'POST /v1/models/{reference}/restore': 'maintainer',
  'DELETE /v1/presets/{name}': 'maintainer',
  'PUT /v1/presets/{name}': 'maintainer',
  // Addresses of webhooks may hold tokens.
  'GET /v1/webhooks': 'maintainer',
  'POST /v1/webhooks': 'maintainer',
  'GET /v1/webhooks/{id}': 'maintainer',
  'DELETE /v1/webhooks/{id}': 'maintainer',
  'GET /v1/webhooks/{id}/deliveries': 'maintainer',
  'POST /v1/webhooks/{id}/test': 'maintainer',
};

const GOVERNING: Readonly<Record<string, Access>> = {
  'PUT /v1/quotas': 'admin',
  'GET /v1/audit': 'admin',
  'GET /v1/keys': 'admin',
  'POST /v1/keys': 'admin',
  'DELETE /v1/keys/{id}': 'admin',
};

export const ROUTE_ROLES: Readonly<Record<string, Access>> = {
  ...READING,
  ...RUNNING,
  ...MAINTAINING,
  ...GOVERNING,
};

/**
 * @param route such as `GET /v1/runs/{id}`
 * @param successor of a route of the first version: it asks for what its successor asks for
 */
export function accessOf(route: string, successor = route): Access {
  const row = [route, successor].find((each) => Object.hasOwn(ROUTE_ROLES, each));
  const access = row === undefined ? undefined : ROUTE_ROLES[row];
  if (access) return access;
  throw new RangeError(`${route} has no row in functions/api/roles.ts: say there who may call it.`);
}

/** Whether a request needs no credentials. What does not exist needs some: who may not know gets no answer. */
export function isOpen(method: string, path: string): boolean {
  return ROUTE_ROLES[`${method === 'HEAD' ? 'GET' : method} ${path}`] === 'anyone';
}

/** Whether a route changes something: whatever a viewer may ask for does not, even where it is a POST. */
export function isCommand(route: string, access: Access): boolean {
  return !route.startsWith('GET ') && access !== 'anyone' && access !== 'viewer';
}
