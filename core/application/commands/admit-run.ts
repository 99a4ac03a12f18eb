/** Lets a run in if the tenant may have one more at work. */
import type { Ulid } from '../../domain/ids.ts';
import type { Change } from '../../ports/registry-writer.ts';
import { type QuotaPorts, requireRoomForRun } from '../queries/require-quota.ts';

/**
 * Looks whether there is room, and returns the changes that hold it there: between this look and the commit others may
 * be faster, so they belong into the transaction of the run.
 *
 * @throws ForgeError `limit` with code `quota_exceeded`
 */
export async function admitRun(ports: QuotaPorts, tenant: string): Promise<(run: Ulid) => readonly Change[]> {
  const most = await requireRoomForRun(ports, tenant);
  return (run) => (most === null ? [] : [{ kind: 'admit-run', run, most }]);
}
