/** Writes a new run once per Idempotency-Key: the key, the run and its first events in one transaction. */
import { ForgeError } from '../../domain/errors.ts';
import type { NewEvent } from '../../domain/event.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Run } from '../../domain/run.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Change } from '../../ports/registry-writer.ts';
import { getRun } from '../queries/get-run.ts';
import type { QuotaPorts } from '../queries/require-quota.ts';
import { admitRun } from './admit-run.ts';

const KEY_LIFETIME_MS = 24 * 60 * 60 * 1000;

export interface Request {
  readonly idempotencyKey: string;
  /** Tells one request from another one under the same key. */
  readonly bodyHash: string;
}

export interface NewRun {
  readonly run: Run;
  /** Whatever is to be said after RunSubmitted. */
  readonly events?: readonly NewEvent[];
}

/** What a request is refused for when another one under the same key was faster. */
const LOST: readonly string[] = ['idempotency_key_in_use', 'quota_exceeded'];

/** The run of an earlier request under the same key, or the one that `make` makes if the tenant may have one more. */
export async function writeNewRun(
  ports: QuotaPorts & Pick<Ports, 'registry'>,
  principal: Principal,
  request: Request,
  make: (now: Date) => Promise<NewRun>,
): Promise<Run> {
  const earlier = await repeated(ports, principal, request);
  if (earlier) return earlier;
  try {
    const admission = await admitRun(ports, principal.tenant);
    const now = ports.clock.now();
    const { run, events = [] } = await make(now);
    const [key, ...changes] = changesOf(request, run, events, now);
    await ports.registry.commit(principal.tenant, [key, ...admission(run.id), ...changes]);
    return run;
  } catch (error) {
    // Somebody else used the key between our look and our write: theirs is the run.
    if (!(error instanceof ForgeError && LOST.includes(error.code))) throw error;
    const winner = await repeated(ports, principal, request);
    if (winner) return winner;
    throw error;
  }
}

/** The run that this key made before; throws when the key came with another request. */
async function repeated(
  ports: Pick<Ports, 'runs' | 'clock'>,
  principal: Principal,
  { idempotencyKey: key, bodyHash }: Request,
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

function changesOf(
  { idempotencyKey: key, bodyHash }: Request,
  run: Run,
  events: readonly NewEvent[],
  now: Date,
): readonly [Change, ...Change[]] {
  const at = now.toISOString();
  const expiresAt = new Date(now.getTime() + KEY_LIFETIME_MS).toISOString();
  const { name, resolved, origin } = run;
  const submitted: NewEvent = {
    type: 'RunSubmitted',
    run: run.id,
    phase: null,
    attempt: null,
    at,
    data: { name, phases: resolved.phases, ...(origin ? { origin } : {}) },
  };
  return [
    { kind: 'idempotency', key, bodyHash, runId: run.id, now: at, expiresAt },
    { kind: 'run', run, expected: null },
    ...[submitted, ...events].map((event): Change => ({ kind: 'event', event })),
  ];
}
