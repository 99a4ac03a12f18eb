/** Submits a run: resolve, check, write the run once, start its execution. */
import type { RunDocument } from '#contracts/source/run-document.ts';
import { makeUlid } from '../../domain/ids.ts';
import { type Principal, requireRole } from '../../domain/principal.ts';
import { requireAvailable } from '../../domain/resolve.ts';
import { newRun, type Run } from '../../domain/run.ts';
import type { Ports } from '../../ports/ports.ts';
import { resolveDocument } from '../queries/resolve-document.ts';
import { startExecution } from './start-execution.ts';
import { writeNewRun } from './write-new-run.ts';

export interface Submission {
  readonly document: RunDocument;
  readonly idempotencyKey: string;
}

export type SubmitPorts = Pick<
  Ports,
  | 'runs'
  | 'corpora'
  | 'models'
  | 'presets'
  | 'quotas'
  | 'blobs'
  | 'registry'
  | 'workflow'
  | 'clock'
  | 'entropy'
  | 'hasher'
>;

/**
 * Submitting the same document under the same key again gives the same run.
 *
 * The run is written before its execution starts; when the process dies in between, the same key, or the next
 * start of the server, starts the execution by its fixed name.
 */
export async function submitRun(
  ports: SubmitPorts,
  principal: Principal,
  { document, idempotencyKey }: Submission,
): Promise<Run> {
  requireRole(principal, 'runner');
  const bodyHash = ports.hasher.sha256(JSON.stringify(document));
  const run = await writeNewRun(ports, principal, { idempotencyKey, bodyHash }, async (now) => {
    const { resolved } = await resolveDocument(ports, principal, document);
    requireAvailable(resolved.phases);
    const id = makeUlid(now, ports.entropy.bytes(10));
    return { run: newRun({ tenant: principal.tenant, id, document, resolved, at: now.toISOString() }) };
  });
  await startExecution(ports, run);
  return run;
}
