/** The report of a run that has ended, as it was written. */
import { reportKey } from '../../domain/blob-key.ts';
import { ForgeError } from '../../domain/errors.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Principal } from '../../domain/principal.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { getRun } from './get-run.ts';

export async function getReport(
  ports: Pick<ReadPorts, 'runs' | 'blobs'>,
  principal: Principal,
  id: Ulid,
  format: 'json' | 'md',
): Promise<string> {
  const run = await getRun(ports, principal, id);
  const bytes = run.report === null ? null : await ports.blobs.read(reportKey(id, format));
  if (bytes) return new TextDecoder().decode(bytes);
  throw new ForgeError('not_found', `Run ${id} is ${run.status} and has no report yet.`, {
    hint: `Follow it with: forge runs watch ${id}`,
  });
}
