/** Retry and fork: a new run that takes over from another one what its fingerprints allow. The other one stays as it is. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { parseDocument } from '#contracts/source/problems.ts';
import { type RunDocument, runDocument } from '#contracts/source/run-document.ts';
import { ForgeError } from '../../domain/errors.ts';
import type { NewEvent } from '../../domain/event.ts';
import { beginsOf, type ForkPoint, findPoint, historyOf, requireEffective } from '../../domain/fork-point.ts';
import { makeUlid, type Ulid } from '../../domain/ids.ts';
import { type Principal, requireRole } from '../../domain/principal.ts';
import { requireAvailable } from '../../domain/resolve.ts';
import { isTerminal, newRun, type PhaseRecord, phaseRecord, type Run } from '../../domain/run.ts';
import { validationError } from '../../domain/validation-error.ts';
import type { Ports } from '../../ports/ports.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { type Copy, type Decisions, decideCopy } from '../queries/decide-phases.ts';
import { getRun } from '../queries/get-run.ts';
import { listCheckpoints } from '../queries/list-checkpoints.ts';
import { resolveDocument } from '../queries/resolve-document.ts';
import { lendAll, lendChosen } from './lend-checkpoints.ts';
import { startExecution } from './start-execution.ts';
import type { SubmitPorts } from './submit-run.ts';
import { writeNewRun } from './write-new-run.ts';

export interface RetryWish {
  /** @default the first phase that has not succeeded */
  readonly from?: PhaseSlug | undefined;
  readonly fresh?: boolean | undefined;
}

/** Members that stand replace the document's; `config` is laid over it phase by phase and key by key. */
export interface ForkWish extends RetryWish {
  readonly name?: string | undefined;
  readonly seed?: number | undefined;
  readonly preset?: string | undefined;
  readonly phases?: RunDocument['phases'] | undefined;
  readonly input?: RunDocument['input'] | undefined;
  readonly config?: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>> | undefined;
  readonly gates?: RunDocument['gates'] | undefined;
  readonly labels?: RunDocument['labels'] | undefined;
  /** A step, or the beginning of a checkpoint's SHA-256: the phase goes on from there, under the new settings. */
  readonly checkpoint?: string | undefined;
  /** Whose checkpoint it is, where the reference alone could mean several. */
  readonly phase?: PhaseSlug | undefined;
}

type CopyPorts = SubmitPorts & Pick<Ports, 'blobs' | 'blobWriter' | 'code'>;
type ReadingPorts = Pick<ReadPorts, 'runs' | 'corpora' | 'models' | 'presets' | 'blobs' | 'code'> &
  Pick<Ports, 'hasher'>;

interface Planned {
  readonly copy: Copy;
  readonly point: ForkPoint | null;
  readonly document: RunDocument;
  readonly decisions: Decisions;
}

export type CopyWish =
  | { readonly verb: 'retry'; readonly wish: RetryWish }
  | { readonly verb: 'fork'; readonly wish: ForkWish };

/** What `copyRun` would do. */
export async function planCopy(
  ports: ReadingPorts,
  principal: Principal,
  id: Ulid,
  { verb, wish }: CopyWish,
): Promise<Planned> {
  const origin = await getRun(ports, principal, id);
  const document = verb === 'fork' ? forkedDocument(origin.document, wish) : origin.document;
  const target =
    verb === 'fork' ? (await resolveDocument(ports, principal, document)).resolved : origin.resolved;
  requireAvailable(target.phases);
  if (wish.from !== undefined) requirePhase(target.phases, wish.from, origin);
  const from = verb === 'retry' ? retriedFrom(origin, wish.from) : (wish.from ?? null);
  const wanted = verb === 'fork' ? await pointOf(ports, principal, origin, wish) : null;
  if (wanted !== null) {
    requirePhase(target.phases, wanted.phase, origin);
    requireEffective(wanted, target.config[wanted.phase] ?? {});
  }
  const copy: Copy = { verb, origin, target, from, fresh: wish.fresh ?? false, point: wanted };
  const decisions = await decideCopy(ports, principal, copy);
  const point = wanted ? acceptedPoint(wanted, decisions) : inheritedPoint(copy, decisions);
  return { copy, document, decisions, point };
}

/** Where a fork from a checkpoint begins, before anything is said about its settings. */
async function pointOf(
  ports: ReadingPorts,
  principal: Principal,
  origin: Run,
  { checkpoint, phase, from, fresh }: ForkWish,
): Promise<ForkPoint | null> {
  if (checkpoint === undefined) {
    if (phase === undefined) return null;
    throw wishError('/phase', 'phase says whose checkpoint is meant; name the checkpoint, or use from');
  }
  if (from !== undefined) throw wishError('/from', 'a fork from a checkpoint begins there, not at from');
  if (fresh) throw wishError('/fresh', 'a fork from a checkpoint cannot begin at the first step');
  const kept = await listCheckpoints(ports, principal, origin.id, phase);
  const there = kept.filter((one) => one.there);
  const place = findPoint(there, checkpoint, origin.id);
  return {
    ...place,
    run: origin.id,
    begins: beginsOf(there, place),
    accepted: [],
    history: historyOf(origin.resolved, origin.origin?.checkpoint, place),
  };
}

function wishError(pointer: string, message: string): ForgeError {
  return validationError([{ pointer, code: 'contradiction', message }]);
}

function acceptedPoint(point: ForkPoint, { phases }: Decisions): ForkPoint {
  const differs = phases.find(({ phase }) => phase === point.phase)?.differs ?? [];
  const parts = ['settings', 'seed', 'threads'] as const;
  return { ...point, accepted: parts.filter((part) => differs.includes(part)) };
}

/** A run that repeats a forked one, or goes on with it, begins where that one began. */
function inheritedPoint({ verb, origin }: Copy, { phases }: Decisions): ForkPoint | null {
  const point = origin.origin?.checkpoint ?? null;
  const decision = phases.find(({ phase }) => phase === point?.phase);
  if (point === null || decision?.decision !== 'rerun' || decision.differs.length > 0) return null;
  return verb === 'retry' || decision.checkpoints > 0 ? point : null;
}

/** The same request under the same key again gives the same run. */
export async function copyRun(
  ports: CopyPorts,
  principal: Principal,
  id: Ulid,
  request: CopyWish & { readonly idempotencyKey: string },
): Promise<Run> {
  requireRole(principal, 'runner');
  const { verb, wish, idempotencyKey } = request;
  const bodyHash = ports.hasher.sha256(JSON.stringify([verb, id, wish]));
  const run = await writeNewRun(ports, principal, { idempotencyKey, bodyHash }, async (now) => {
    const planned = await planCopy(ports, principal, id, request);
    const made = madeRun(principal, planned, makeUlid(now, ports.entropy.bytes(10)), now.toISOString());
    // Before the run is there, so that its first job finds them; without the run they are garbage after the grace.
    await lendCheckpoints(ports, planned, id, made.id);
    return { run: made, events: reuseEvents(made, planned.decisions) };
  });
  await startExecution(ports, run);
  return run;
}

async function lendCheckpoints(
  ports: CopyPorts,
  { copy, point, decisions }: Planned,
  from: Ulid,
  to: Ulid,
): Promise<void> {
  if (point) await lendChosen(ports, { from, to, phase: point.phase }, point.begins);
  if (copy.point) return;
  for (const { phase, checkpoints } of decisions.phases) {
    if (checkpoints > 0) await lendAll(ports, { from, to, phase });
  }
}

function forkedDocument(document: RunDocument, wish: ForkWish): RunDocument {
  const { from: _from, fresh: _fresh, checkpoint: _point, phase: _phase, config = {}, ...given } = wish;
  const members = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const before = document.config as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
  const slugs = [...new Set([...Object.keys(before), ...Object.keys(config)])];
  const merged = Object.fromEntries(slugs.map((slug) => [slug, { ...before[slug], ...config[slug] }]));
  const parsed = parseDocument(runDocument, { ...document, ...members, config: merged });
  if (parsed.ok) return parsed.value;
  throw validationError(parsed.problems);
}

function requirePhase(phases: readonly PhaseSlug[], from: PhaseSlug, { id }: Run): void {
  if (phases.includes(from)) return;
  const message = `run ${id} has no phase ${from}`;
  throw validationError([
    { pointer: '/from', code: 'phase_not_in_run', message, expected: phases.join(', '), got: from },
  ]);
}

function retriedFrom(origin: Run, from: PhaseSlug | undefined): PhaseSlug {
  const { id, status, phases } = origin;
  if (!isTerminal(status)) {
    throw new ForgeError('conflict', `Run ${id} is ${status}; only a run that has ended can be retried.`, {
      code: 'run_in_flight',
      hint:
        status === 'paused' ? `Go on with it: forge runs resume ${id}` : 'Wait for it, or cancel it first.',
    });
  }
  const wanted = from ?? phases.find((phase) => phase.status !== 'succeeded')?.slug;
  if (wanted !== undefined) return wanted;
  const message = `every phase of run ${id} has succeeded, so the phase to begin at has to be named`;
  throw validationError([
    { pointer: '/from', code: 'required', message, expected: phases.map(({ slug }) => slug).join(', ') },
  ]);
}

function madeRun(
  principal: Principal,
  { copy, document, decisions, point }: Planned,
  id: Ulid,
  at: string,
): Run {
  const { verb, origin, target: resolved, from } = copy;
  const run = newRun({ tenant: principal.tenant, id, document, resolved, at });
  const phases = run.phases.map((fresh): PhaseRecord => {
    const decision = decisions.phases.find(({ phase }) => phase === fresh.slug);
    if (decision?.decision !== 'reuse') return fresh;
    const { inputs, outputs, gates, fingerprint, reusedFrom } = phaseRecord(origin, fresh.slug);
    const taken = { inputs, outputs, gates, reusedFrom: reusedFrom ?? origin.id };
    return { ...fresh, ...taken, fingerprint: fingerprint ?? null, status: 'succeeded' };
  });
  return { ...run, phases, origin: { verb, run: origin.id, from, ...(point ? { checkpoint: point } : {}) } };
}

function reuseEvents(run: Run, decisions: Decisions): readonly NewEvent[] {
  return run.phases.flatMap(({ slug, reusedFrom, outputs }): NewEvent[] => {
    if (!reusedFrom) return [];
    const reason = decisions.phases.find(({ phase }) => phase === slug)?.reason ?? '';
    const data = { from: reusedFrom, models: outputs, reason };
    return [{ type: 'PhaseReused', run: run.id, phase: slug, attempt: null, at: run.createdAt, data }];
  });
}
