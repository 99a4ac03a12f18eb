/** Sets what a tenant may use. */
import { type Principal, requireRole } from '../../domain/principal.ts';
import type { Limits, Quota } from '../../domain/quota.ts';
import type { Ports } from '../../ports/ports.ts';

/** @param expected record version that the caller saw; 0 where nothing was set yet */
export async function setQuota(
  ports: Pick<Ports, 'registry' | 'clock'>,
  principal: Principal,
  limits: Limits,
  expected: number,
): Promise<Quota> {
  requireRole(principal, 'admin');
  const { tenant, subject } = principal;
  const quota: Quota = {
    schemaVersion: 1,
    tenant,
    ...limits,
    updatedAt: ports.clock.now().toISOString(),
    updatedBy: subject,
    recordVersion: expected + 1,
  };
  await ports.registry.commit(tenant, [{ kind: 'quota', quota, expected: expected === 0 ? null : expected }]);
  return quota;
}
