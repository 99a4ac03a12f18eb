/** forge quotas get, forge quotas set */
import type { Limits, Quota } from '../client/records.ts';
import type { Context } from '../context.ts';
import { formatBytes, formatNumber, formatTime } from '../output/figures.ts';
import { renderTable } from '../output/table.ts';

const shown = (value: number | null, format: (value: number) => string = formatNumber) =>
  value === null ? 'any' : format(value);

function rowsOf({ limits, used }: Quota): readonly (readonly [string, string, string])[] {
  const requests = limits.requestsPerMinute;
  return [
    ['requests a minute', '', requests === null ? 'as deployed' : formatNumber(requests)],
    ['concurrent runs', formatNumber(used.concurrentRuns), shown(limits.concurrentRuns)],
    ['GPU hours a month', formatNumber(used.gpuHoursThisMonth), shown(limits.gpuHoursPerMonth)],
    ['stored', formatBytes(used.storedBytes), shown(limits.storedBytes, formatBytes)],
    ['one upload', '', shown(limits.uploadBytes, formatBytes)],
  ];
}

function print({ console }: Context, quota: Quota): void {
  console.data(quota, (paint) => renderTable(['what', 'used', 'limit'], rowsOf(quota), paint));
  if (quota.updatedAt) console.note(`Set by ${quota.updatedBy}, ${formatTime(quota.updatedAt)} UTC.`);
}

export async function getQuota(context: Context): Promise<number> {
  print(context, (await context.client.findQuota()).value);
  return 0;
}

/** What is not named stays as it is; `any` takes a limit away. */
export async function setQuota(
  context: Context,
  wanted: Readonly<Partial<Record<keyof Limits, number | 'any'>>>,
): Promise<number> {
  const { value, etag } = await context.client.findQuota();
  const changed = Object.entries(wanted).map(([limit, most]) => [limit, most === 'any' ? null : most]);
  print(context, await context.client.setQuota(etag, { ...value.limits, ...Object.fromEntries(changed) }));
  return 0;
}
