/** The gates of a run, each with its verdict and the records that it was read from. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { evaluateGate, type GateVerdict } from '../../domain/gate.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Principal } from '../../domain/principal.ts';
import { type PhaseRecord, phaseRecord, type Run } from '../../domain/run.ts';
import { shownMetrics } from '../../domain/shown-metrics.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { getRun } from './get-run.ts';

export interface GateOfRun extends GateVerdict {
  readonly phase: PhaseSlug;
}

export interface RunGates {
  readonly run: Ulid;
  readonly items: readonly GateOfRun[];
  /** False once a gate that ends its phase has failed; null while nothing has been evaluated. */
  readonly canProceed: boolean | null;
}

/** @param only the gates of this phase. @default of every phase of the run */
export async function listGates(
  ports: Pick<ReadPorts, 'runs' | 'metrics'>,
  principal: Principal,
  id: Ulid,
  only?: PhaseSlug,
): Promise<RunGates> {
  const run = await getRun(ports, principal, id);
  const phases = only === undefined ? run.phases : [phaseRecord(run, only)];
  const items: GateOfRun[] = [];
  for (const record of phases) {
    const verdicts = await verdictsOf(ports, run, record);
    items.push(...verdicts.map((verdict) => ({ phase: record.slug, ...verdict })));
  }
  return { run: id, items, canProceed: canProceed(items) };
}

/** What the phase kept when it succeeded; for one that did not, its gates on whatever it had measured. */
async function verdictsOf(
  { metrics }: Pick<ReadPorts, 'metrics'>,
  run: Run,
  { slug, gates }: PhaseRecord,
): Promise<readonly GateVerdict[]> {
  if (gates.length > 0) return gates;
  const wanted = run.resolved.gates[slug] ?? [];
  if (wanted.length === 0) return [];
  const measured = shownMetrics(await metrics.list(run.tenant, run.id, { phase: slug }));
  return wanted.map((gate) => evaluateGate(gate, measured));
}

function canProceed(items: readonly GateOfRun[]): boolean | null {
  if (items.every(({ verdict }) => verdict === 'not measured')) return null;
  return !items.some(({ verdict, gate }) => verdict === 'failed' && gate.onFailure === 'fail');
}
