/** Whether a tenant may have more. Where no limit is set, nothing but the quota itself is read. */
import {
  type Limits,
  NO_LIMITS,
  noBytesLeft,
  noGpuHoursLeft,
  tooManyRuns,
  uploadTooLarge,
} from '../../domain/quota.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { bytesOf, countLiveRuns, gpuHours, storedFiles } from './read-usage.ts';

type FilePorts = Pick<ReadPorts, 'quotas' | 'models' | 'corpora'>;
export type QuotaPorts = FilePorts & Pick<ReadPorts, 'runs' | 'clock'>;

export interface WantedFile {
  readonly sha256: string;
  readonly bytes: number;
}

async function limitsOf({ quotas }: Pick<ReadPorts, 'quotas'>, tenant: string): Promise<Limits> {
  return (await quotas.get(tenant)) ?? NO_LIMITS;
}

/**
 * Looks whether one run more may work. What GPU hours and bytes are used only grows while runs work, and they are looked
 * at once, here; the number of runs has to hold in the transaction of the run as well.
 *
 * @returns how many runs may be live at one time; null: any number
 * @throws ForgeError `limit` with code `quota_exceeded`
 */
export async function requireRoomForRun(ports: QuotaPorts, tenant: string): Promise<number | null> {
  const { concurrentRuns: runs, gpuHoursPerMonth: hours, storedBytes: bytes } = await limitsOf(ports, tenant);
  const live = runs === null ? 0 : await countLiveRuns(ports, tenant);
  if (runs !== null && live >= runs) throw tooManyRuns(live, runs);
  if (hours !== null) {
    const now = ports.clock.now();
    const used = await gpuHours(ports, tenant, now);
    if (used >= hours) throw noGpuHoursLeft(used, hours, now);
  }
  if (bytes !== null) {
    const stored = bytesOf(await storedFiles(ports, tenant));
    if (stored >= bytes) throw noBytesLeft(stored, 0, bytes);
  }
  return runs;
}

/** @throws ForgeError `limit` with code `quota_exceeded` where files that the tenant does not have yet are too many bytes */
export async function requireRoomForFiles(
  ports: FilePorts,
  tenant: string,
  wanted: readonly WantedFile[],
): Promise<void> {
  const { storedBytes: most } = await limitsOf(ports, tenant);
  if (most !== null) await requireBytes(ports, tenant, wanted, most);
}

async function requireBytes(
  ports: FilePorts,
  tenant: string,
  wanted: readonly WantedFile[],
  most: number,
): Promise<void> {
  const stored = await storedFiles(ports, tenant);
  const fresh = new Map(
    wanted.filter(({ sha256 }) => !stored.has(sha256)).map(({ sha256, bytes }) => [sha256, bytes]),
  );
  const [used, more] = [bytesOf(stored), bytesOf(fresh)];
  if (more > 0 && used + more > most) throw noBytesLeft(used, more, most);
}

/** @throws ForgeError `limit` with code `quota_exceeded` for an upload that is too large, or for which there is no room */
export async function requireRoomForUpload(
  ports: FilePorts,
  tenant: string,
  wanted: WantedFile,
): Promise<void> {
  const { uploadBytes, storedBytes } = await limitsOf(ports, tenant);
  if (uploadBytes !== null && wanted.bytes > uploadBytes) throw uploadTooLarge(wanted.bytes, uploadBytes);
  if (storedBytes !== null) await requireBytes(ports, tenant, [wanted], storedBytes);
}
