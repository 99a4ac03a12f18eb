/** What a list row carries of a run; the whole record comes by id. */
import type { Run } from './run.ts';

export type RunSummary = Pick<
  Run,
  'id' | 'name' | 'status' | 'createdAt' | 'startedAt' | 'endedAt' | 'version'
> & {
  readonly phases: readonly { readonly slug: string; readonly status: string }[];
};

export function summaryOf({
  id,
  name,
  status,
  createdAt,
  startedAt,
  endedAt,
  version,
  phases,
}: Run): RunSummary {
  const short = phases.map(({ slug, status: phaseStatus }) => ({ slug, status: phaseStatus }));
  return { id, name, status, createdAt, startedAt, endedAt, version, phases: short };
}
