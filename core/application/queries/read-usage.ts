/** What a tenant uses, from its records. */
import { LIVE_STATUSES, monthOf } from '../../domain/quota.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { everyItem, everyModel } from './list-everything.ts';

const SECONDS_PER_HOUR = 3600;

export interface Usage {
  readonly concurrentRuns: number;
  readonly gpuHoursThisMonth: number;
  readonly storedBytes: number;
}

/** Runs that work or wait to. Their statuses are asked for in the order of a run's life, so that none slips through. */
export async function countLiveRuns({ runs }: Pick<ReadPorts, 'runs'>, tenant: string): Promise<number> {
  const live = new Set<string>();
  for (const status of LIVE_STATUSES) {
    for await (const { id } of everyItem((page) => runs.list(tenant, { status }, page))) live.add(id);
  }
  return live.size;
}

/** Hashes and sizes of the files of all models and corpora; what several have in common lies in the store once. */
export async function storedFiles(
  ports: Pick<ReadPorts, 'models' | 'corpora'>,
  tenant: string,
): Promise<ReadonlyMap<string, number>> {
  const files = new Map<string, number>();
  for (const { status, files: own } of await everyModel(ports, tenant, {})) {
    if (status !== 'deleted') for (const { sha256, bytes } of own) files.set(sha256, bytes);
  }
  for await (const { sha256, bytes } of everyItem((page) => ports.corpora.list(tenant, page)))
    files.set(sha256, bytes);
  return files;
}

export const bytesOf = (files: ReadonlyMap<string, number>): number =>
  [...files.values()].reduce((sum, bytes) => sum + bytes, 0);

export async function gpuHours(
  { quotas }: Pick<ReadPorts, 'quotas'>,
  tenant: string,
  now: Date,
): Promise<number> {
  return (await quotas.gpuSeconds(tenant, monthOf(now))) / SECONDS_PER_HOUR;
}

export async function readUsage(
  ports: Pick<ReadPorts, 'runs' | 'models' | 'corpora' | 'quotas' | 'clock'>,
  tenant: string,
): Promise<Usage> {
  return {
    concurrentRuns: await countLiveRuns(ports, tenant),
    gpuHoursThisMonth: await gpuHours(ports, tenant, ports.clock.now()),
    storedBytes: bytesOf(await storedFiles(ports, tenant)),
  };
}
