/** What a control verb would reuse of a run and what it would run again, phase by phase, with the reason. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { checkpointsOfPhase } from '../../domain/blob-key.ts';
import { ForgeError } from '../../domain/errors.ts';
import { canonicalText, differingParts, type FingerprintPart } from '../../domain/fingerprint.ts';
import type { ForkPoint } from '../../domain/fork-point.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Principal } from '../../domain/principal.ts';
import type { PhaseRecord, ResolvedRun, Run } from '../../domain/run.ts';
import type { Hasher } from '../../ports/clock.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { fingerprintPhase } from './fingerprint-phase.ts';

export const CONTROL_VERBS = ['pause', 'resume', 'cancel', 'retry', 'fork'] as const;
export type ControlVerb = (typeof CONTROL_VERBS)[number];
export type Difference = FingerprintPart | 'gates' | 'models';

export interface PhaseDecision {
  readonly phase: PhaseSlug;
  readonly decision: 'reuse' | 'rerun';
  readonly reason: string;
  readonly differs: readonly Difference[];
  /** How many checkpoints there are to go on from. */
  readonly checkpoints: number;
}

export interface Decisions {
  readonly verb: ControlVerb;
  readonly run: Ulid;
  readonly from: PhaseSlug | null;
  readonly phases: readonly PhaseDecision[];
}

/** What may have been otherwise where a phase is taken over as the history of a checkpoint. */
const HISTORY: readonly Difference[] = ['code', 'seed', 'threads'];

type DecidePorts = Pick<ReadPorts, 'models' | 'blobs' | 'code'> & { readonly hasher: Hasher };

/** Going on with the very run, or with a retry of it: what has succeeded stays, whatever has changed around it. */
export async function decideResume(
  ports: Pick<ReadPorts, 'blobs'>,
  run: Run,
  verb: 'pause' | 'resume' | 'cancel',
): Promise<Decisions> {
  const phases = run.phases.map(async ({ slug, status, attempts, startedAt }): Promise<PhaseDecision> => {
    if (status === 'succeeded') return reuse(slug, 'It has succeeded in this run.');
    const kept = (await checkpointKeys(ports, run.id, slug)).length;
    if (kept > 0) return rerun(slug, 'It goes on from its newest checkpoints.', [], kept);
    const begun = attempts > 0 || startedAt !== null;
    return rerun(slug, begun ? 'It has no checkpoint and begins at its first step.' : 'It has not begun.');
  });
  return { verb, run: run.id, from: null, phases: await Promise.all(phases) };
}

export interface Copy {
  readonly verb: 'retry' | 'fork';
  readonly origin: Run;
  /** What the new run would be. */
  readonly target: ResolvedRun;
  /** From here on everything runs again. */
  readonly from: PhaseSlug | null;
  /** Without the checkpoints of the origin. */
  readonly fresh: boolean;
  /** Where a phase begins; all before it is taken over, all after it runs again. */
  readonly point?: Pick<ForkPoint, 'phase' | 'stage' | 'step' | 'begins'> | null;
}

/** A new run that takes over what it may: a phase is reused where its fingerprint would be the same. */
export async function decideCopy(ports: DecidePorts, principal: Principal, copy: Copy): Promise<Decisions> {
  const { verb, origin, target, from } = copy;
  const phases: PhaseDecision[] = [];
  let inputs: readonly Ulid[] | null = target.models;
  for (const [position, phase] of target.phases.entries()) {
    const record = origin.phases.find(({ slug }) => slug === phase);
    const before = target.phases[position - 1] ?? null;
    const decision: PhaseDecision =
      inputs === null
        ? rerun(phase, `Its input comes from ${before}, which runs again.`, ['inputs'])
        : await decideKnown(ports, principal, copy, { phase, record, inputs });
    phases.push(decision);
    inputs = decision.decision === 'reuse' ? (record?.outputs ?? []) : null;
  }
  return { verb, run: origin.id, from, phases };
}

interface PhaseFacts {
  readonly phase: PhaseSlug;
  readonly record: PhaseRecord | undefined;
  readonly inputs: readonly Ulid[];
}

/** @param facts of a phase whose input is known */
async function decideKnown(
  ports: DecidePorts,
  principal: Principal,
  copy: Copy,
  facts: PhaseFacts,
): Promise<PhaseDecision> {
  const at = copy.point ? copy.target.phases.indexOf(copy.point.phase) : -1;
  const position = copy.target.phases.indexOf(facts.phase);
  if (position === at) return decideAtPoint(ports, principal, copy, facts);
  const decision = await decidePhase(ports, principal, copy, facts);
  if (position > at || decision.decision === 'reuse') return decision;
  // The checkpoint builds on these outputs; by which code, seed and threads they were made is history.
  const isHistory = decision.differs.length > 0 && decision.differs.every((part) => HISTORY.includes(part));
  if (isHistory) return reuse(facts.phase, 'The checkpoint builds on its outputs.');
  throw new ForgeError('conflict', `Phase ${facts.phase} comes before the checkpoint: ${decision.reason}`, {
    code: 'checkpoint_builds_on_other_inputs',
    hint: 'Leave what comes before the checkpoint as it is, or fork without a checkpoint.',
  });
}

async function decideAtPoint(
  ports: DecidePorts,
  principal: Principal,
  { origin, target, point }: Copy,
  { phase, record, inputs }: PhaseFacts,
): Promise<PhaseDecision> {
  const facts = { phase, code: null };
  const before = { ...facts, resolved: origin.resolved, inputs: record?.inputs ?? [] };
  const then = await fingerprintPhase(ports, principal, before);
  const now = await fingerprintPhase(ports, principal, { ...facts, resolved: target, inputs });
  const differs = differingParts(then, now);
  if (differs.includes('inputs')) {
    throw new ForgeError('conflict', `The checkpoint of phase ${phase} was taken on other inputs.`, {
      code: 'checkpoint_of_other_inputs',
      hint: 'Keep the corpus and the models as they are, or fork without a checkpoint.',
    });
  }
  const other = differs.length === 0 ? '' : ` Not the same as then, as asked for: ${differs.join(', ')}.`;
  const reason = `It goes on from the checkpoint of step ${point?.step} of stage ${point?.stage}.${other}`;
  return rerun(phase, reason, differs, point?.begins.length);
}

async function decidePhase(
  ports: DecidePorts,
  principal: Principal,
  copy: Copy,
  facts: PhaseFacts,
): Promise<PhaseDecision> {
  const { origin, target, from } = copy;
  const { phase, record, inputs } = facts;
  if (record?.status !== 'succeeded') return decideUnfinished(ports, principal, copy, facts);
  if (phase === from) return rerun(phase, 'It was asked to run again.');
  const then = record.fingerprint ?? null;
  if (then === null) return rerun(phase, `Run ${origin.id} did not record what its outputs depend on.`);
  const code = (await ports.code?.hash(phase)) ?? null;
  const { continuedFrom } = then;
  const now = await fingerprintPhase(ports, principal, {
    resolved: target,
    phase,
    inputs,
    code,
    continuedFrom,
  });
  const gatesDiffer = canonicalText(origin.resolved.gates[phase]) !== canonicalText(target.gates[phase]);
  const differs: Difference[] = [...differingParts(then, now), ...(gatesDiffer ? ['gates' as const] : [])];
  if (differs.length > 0) return rerun(phase, `Not the same as then: ${differs.join(', ')}.`, differs);
  const lost = await unusable(ports, principal, record.outputs);
  if (lost !== null) return rerun(phase, lost, ['models']);
  const compared = code !== null && then.code !== null ? 'Settings, inputs, code' : 'Settings, inputs';
  return reuse(phase, `${compared}, seed and threads are the same (${then.hash.slice(0, 12)}).`);
}

/** The first output that cannot go into another phase, in words; null where all can. */
async function unusable(
  { models }: Pick<ReadPorts, 'models'>,
  principal: Principal,
  ids: readonly Ulid[],
): Promise<string | null> {
  for (const id of ids) {
    const status = (await models.get(principal.tenant, id))?.status ?? 'gone';
    if (status !== 'active') return `Its model ${id} is ${status}.`;
  }
  return null;
}

/** A phase that did not succeed goes on from its checkpoints only where it is the very same work. */
async function decideUnfinished(
  ports: DecidePorts,
  principal: Principal,
  { origin, target, fresh }: Copy,
  { phase, record, inputs }: PhaseFacts,
): Promise<PhaseDecision> {
  const reason = record
    ? `It is ${record.status} in run ${origin.id}.`
    : `Run ${origin.id} does not have it.`;
  if (!record || record.startedAt === null || fresh) return rerun(phase, reason);
  const then = await fingerprintPhase(ports, principal, {
    resolved: origin.resolved,
    phase,
    inputs: record.inputs,
    code: null,
  });
  const now = await fingerprintPhase(ports, principal, { resolved: target, phase, inputs, code: null });
  const differs = differingParts(then, now);
  if (differs.length > 0)
    return rerun(phase, `${reason} Not the same as then: ${differs.join(', ')}.`, differs);
  const kept = (await checkpointKeys(ports, origin.id, phase)).length;
  const sentences = [reason, ...roundsRepeated(record), ...(kept > 0 ? [JOBS_GO_ON] : [])];
  return rerun(phase, sentences.join(' '), [], kept);
}

const JOBS_GO_ON =
  'Its jobs go on from their checkpoints; a stage that had ended is repeated from its last one.';

/** Results are named after their run, so a new run has none: its rounds cannot go on where the other's were. */
function roundsRepeated({ rounds = [] }: PhaseRecord): readonly string[] {
  return rounds
    .filter(({ finished }) => finished > 0)
    .map(
      ({ group, finished }) =>
        `It begins again at the first round of ${group}, though ${finished} had ended.`,
    );
}

/** Keys of the checkpoint manifests of a phase. */
export async function checkpointKeys(
  { blobs }: Pick<ReadPorts, 'blobs'>,
  run: Ulid,
  phase: PhaseSlug,
): Promise<readonly string[]> {
  const keys = await blobs.list(checkpointsOfPhase(run, phase));
  return keys.filter((key) => key.includes('/manifests/'));
}

function reuse(phase: PhaseSlug, reason: string): PhaseDecision {
  return { phase, decision: 'reuse', reason, differs: [], checkpoints: 0 };
}

function rerun(
  phase: PhaseSlug,
  reason: string,
  differs: readonly Difference[] = [],
  checkpoints = 0,
): PhaseDecision {
  return { phase, decision: 'rerun', reason, differs, checkpoints };
}
