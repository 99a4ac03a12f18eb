/** Every repository refuses a call that names no tenant: a key without one would be everybody's. */
import { name } from '#contracts/source/scalars.ts';
import { ForgeError } from './errors.ts';

/** Tenants that were checked; a handful is asked for again and again. */
const known = new Set<string>();
const KEPT = 1000;

export function requireTenant(tenant: unknown): void {
  if (typeof tenant === 'string' && known.has(tenant)) return;
  if (!name.safeParse(tenant).success) {
    throw new ForgeError('forbidden', `"${String(tenant).slice(0, 80)}" is not the name of a tenant.`, {
      code: 'invalid_tenant',
      hint: 'A tenant is named by 1 to 64 of a-z 0-9 . _ -, starting and ending with a letter or digit.',
    });
  }
  if (known.size >= KEPT) known.clear();
  known.add(tenant as string);
}

type Method = (tenant: string, ...rest: never[]) => Promise<unknown>;

/** The same repository, each of whose methods checks its first argument: the tenant. */
export function ofTenants<Repository extends object>(repository: Repository): Repository {
  const guarded = Object.entries(repository).map(([method, call]) => [
    method,
    async (tenant: string, ...rest: never[]) => {
      requireTenant(tenant);
      return (call as Method).call(repository, tenant, ...rest);
    },
  ]);
  return Object.fromEntries(guarded) as Repository;
}
