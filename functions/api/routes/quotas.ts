/** /v1/quotas: what the tenant may use, and what it does use. */
import * as z from 'zod';
import { setQuota } from '#core/application/commands/change-quota.ts';
import { readUsage } from '#core/application/queries/read-usage.ts';
import { NO_LIMITS, type Quota } from '#core/domain/quota.ts';
import type { ApiContext } from '../environment.ts';
import { etagOf, expectedVersion, underPrecondition } from '../middleware/etag.ts';
import { readJsonBody } from '../middleware/json-body.ts';
import { type ApiApp, addRoute } from '../route.ts';
import { quota, quotaBody } from '../schemas/quota.ts';

const tag = 'access';
const path = '/v1/quotas';

export function addQuotaRoutes(app: ApiApp, { ports, requestLimits }: ApiContext): void {
  const shown = async (tenant: string, found: Quota | null): Promise<z.output<typeof quota>> => {
    const { requestsPerMinute, concurrentRuns, gpuHoursPerMonth, storedBytes, uploadBytes } =
      found ?? NO_LIMITS;
    return {
      schemaVersion: 1,
      limits: { requestsPerMinute, concurrentRuns, gpuHoursPerMonth, storedBytes, uploadBytes },
      used: await readUsage(ports, tenant),
      updatedAt: found?.updatedAt ?? null,
      updatedBy: found?.updatedBy ?? null,
      recordVersion: found?.recordVersion ?? 0,
    };
  };
  addRoute(
    app,
    { method: 'get', path, tag, summary: 'Get what may be used and what is', answers: { 200: quota } },
    async (context) => {
      const { tenant } = context.var.principal;
      const found = await ports.quotas.get(tenant);
      // The version of the limits: what is used changes under it, so nobody is told that nothing has changed.
      context.header('etag', etagOf(found?.recordVersion ?? 0));
      return context.json(await shown(tenant, found));
    },
  );
  addRoute(
    app,
    {
      method: 'put',
      path,
      tag,
      summary: 'Set what may be used; what is left out is not limited',
      headers: z.object({ 'if-match': z.string().optional() }),
      body: quotaBody,
      answers: { 200: quota },
    },
    async (context) => {
      const { principal } = context.var;
      const current = await ports.quotas.get(principal.tenant);
      const expected = expectedVersion(context, current?.recordVersion ?? 0);
      const limits = await readJsonBody(context, quotaBody);
      const saved = await underPrecondition(setQuota(ports, principal, limits, expected));
      requestLimits.forget(principal.tenant);
      context.header('etag', etagOf(saved.recordVersion));
      return context.json(await shown(principal.tenant, saved));
    },
  );
}
