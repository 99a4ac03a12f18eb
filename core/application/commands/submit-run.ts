/** Submits a run: resolve, check, write the run once, start its execution. */
import type { RunDocument } from '#contracts/source/run-document.ts';
import { ForgeError } from '../../domain/errors.ts';
import { makeUlid } from '../../domain/ids.ts';
import { type Principal, requireRole } from '../../domain/principal.ts';
import { requireAvailable } from '../../domain/resolve.ts';
import { newRun, type Run } from '../../domain/run.ts';
import type { Ports } from '../../ports/ports.ts';
import { getRun } from '../queries/get-run.ts';
import { resolveDocument } from '../queries/resolve-document.ts';

const KEY_LIFETIME_MS = 24 * 60 * 60 * 1000;

export interface Submission {
  readonly document: RunDocument;
  readonly idempotencyKey: string;
}

type SubmitPorts = Pick<
  Ports,
  'runs' | 'corpora' | 'models' | 'presets' | 'registry' | 'workflow' | 'clock' | 'entropy' | 'hasher'
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
  submission: Submission,
): Promise<Run> {
  requireRole(principal, 'runner');
  const bodyHash = ports.hasher.sha256(JSON.stringify(submission.document));
  const earlier = await repeated(ports, principal, submission.idempotencyKey, bodyHash);
  const run = earlier ?? (await writeRun(ports, principal, submission, bodyHash));
  await startExecution(ports, run);
  return run;
}

/** The run that this key made before; throws when the key came with another document. */
async function repeated(
  ports: Pick<Ports, 'runs' | 'clock'>,
  principal: Principal,
  key: string,
  bodyHash: string,
): Promise<Run | null> {
  const found = await ports.runs.byIdempotencyKey(principal.tenant, key, ports.clock.now().toISOString());
  if (!found) return null;
  if (found.bodyHash === bodyHash) return getRun(ports, principal, found.runId);
  throw new ForgeError(
    'validation',
    `The Idempotency-Key "${key}" was used for another document (run ${found.runId}).`,
    {
      code: 'idempotency_key_reused',
      hint: 'Use a new key for a new document; keys are kept for 24 hours.',
    },
  );
}

async function writeRun(
  ports: SubmitPorts,
  principal: Principal,
  { document, idempotencyKey }: Submission,
  bodyHash: string,
): Promise<Run> {
  const { resolved } = await resolveDocument(ports, principal, document);
  requireAvailable(resolved.phases);
  const now = ports.clock.now();
  const at = now.toISOString();
  const run = newRun({
    tenant: principal.tenant,
    id: makeUlid(now, ports.entropy.bytes(10)),
    document,
    resolved,
    at,
  });
  const expiresAt = new Date(now.getTime() + KEY_LIFETIME_MS).toISOString();
  try {
    await ports.registry.commit(principal.tenant, [
      { kind: 'idempotency', key: idempotencyKey, bodyHash, runId: run.id, now: at, expiresAt },
      { kind: 'run', run, expected: null },
      {
        kind: 'event',
        event: {
          type: 'RunSubmitted',
          run: run.id,
          phase: null,
          attempt: null,
          at,
          data: { name: run.name, phases: resolved.phases },
        },
      },
    ]);
    return run;
  } catch (error) {
    // Somebody else used the key between our look and our write: theirs is the run.
    if (!(error instanceof ForgeError && error.code === 'idempotency_key_in_use')) throw error;
    const winner = await repeated(ports, principal, idempotencyKey, bodyHash);
    if (winner) return winner;
    throw error;
  }
}

/** Starts the newest execution of a queued run. Starting what runs already is no error. */
export async function startExecution(ports: Pick<Ports, 'workflow'>, run: Run): Promise<void> {
  const name = run.executions.at(-1);
  if (run.status !== 'queued' || name === undefined) return;
  await ports.workflow.startPipeline(name, { tenant: run.tenant, runId: run.id, execution: name });
}
