/** EvoMerge with a plan of its own: a stage, a group that repeats, and a stage that reads what the last round left. */
import type { ResultManifest } from '#contracts/source/result-manifest.ts';
import type { TaskSpec } from '#contracts/source/task-spec.ts';
import { completePhase } from '#core/application/commands/complete-phase.ts';
import { prepareRun } from '#core/application/commands/prepare-run.ts';
import { type StartedPhase, startPhase } from '#core/application/commands/start-phase.ts';
import { PHASES, type PhaseDefinition, type StageDefinition } from '#core/domain/phase.ts';
import type { Run } from '#core/domain/run.ts';
import { ADMIN, type MemoryPorts } from './memory-ports.ts';
import { leaveCognateResults, manifestOf, metricOf, writeJson } from './toy-results.ts';
import { submittedRun } from './toy-run.ts';

export const GENERATIONS: readonly StageDefinition[] = [
  { name: 'prepare', kind: 'single', size: 1, reads: ['models'] },
  {
    name: 'score',
    kind: 'array',
    size: 2,
    reads: ['models', 'prepare', 'select'],
    repeat: 'generations',
  },
  { name: 'select', kind: 'reduce', size: 1, reads: ['prepare', 'score', 'select'], repeat: 'generations' },
  { name: 'report', kind: 'single', size: 1, reads: ['select'] },
];

/** Puts a plan of toy stages in the place of the real one, for the tests of one file. */
export function planGenerations(
  stages: readonly StageDefinition[] = GENERATIONS,
  { base = false }: { readonly base?: boolean } = {},
): void {
  const evomerge = PHASES.find(({ slug }) => slug === 'evomerge') as PhaseDefinition;
  Object.assign(evomerge, { available: true, accepts: [], produces: [], gates: [], stages });
  Object.assign(evomerge.input, { base });
}

/** A run of phases 1 and 2 whose first phase is complete. */
export async function runAtGenerations(ports: MemoryPorts): Promise<Run> {
  const { id, executions } = await submittedRun(ports, { phases: ['cognate', 'evomerge'] });
  await prepareRun(ports, ADMIN, id);
  await startPhase(ports, ADMIN, { runId: id, phase: 'cognate', execution: executions[0] ?? '' });
  leaveCognateResults(ports.store, id);
  await completePhase(ports, ADMIN, { runId: id, phase: 'cognate' });
  return (await ports.runs.get(ADMIN.tenant, id)) as Run;
}

export function readTask(ports: MemoryPorts, uri: string): TaskSpec {
  const bytes = ports.store.blobs.get(ports.blobs.keyOf(uri) ?? '');
  return JSON.parse(new TextDecoder().decode(bytes)) as TaskSpec;
}

/** Leaves what the jobs of a submission leave: a figure each, and in the reduce whether another round is wanted. */
export function leaveRound(
  ports: MemoryPorts,
  { stages }: Pick<StartedPhase, 'stages'>,
  rounds: number,
  change: Partial<ResultManifest> = {},
): void {
  for (const { task } of stages) {
    const { runId, phase, stage, output } = readTask(ports, task);
    const round = stage.round ?? null;
    const indices = stage.size > 1 ? [...Array(stage.size).keys()] : [null];
    for (const index of indices) {
      const place = { runId, phase, stage: stage.name, index, attempt: 1 };
      const made = metricOf(place, [`${stage.name}/value`, (round ?? 0) + (index ?? 0), 'points']);
      const turn = round === null ? '' : `r${round}/`;
      const id = made.id.replace(`/${stage.name}/`, `/${stage.name}/${turn}`);
      const again = stage.kind === 'reduce' && round !== null && round + 1 < rounds;
      const key = `${ports.blobs.keyOf(output)}${index === null ? '' : `${index}/`}result.json`;
      const metrics = [{ ...made, id, round }];
      writeJson(ports.store, key, {
        ...manifestOf(place, { metrics, ...(again ? { again } : {}), ...change }),
        round,
      });
    }
  }
}
