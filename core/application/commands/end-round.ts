/** One round of a phase has run: its figures are recorded, and the run remembers that it has ended. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { derivedMetrics } from '../../domain/derived-metrics.ts';
import { ForgeError } from '../../domain/errors.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Principal } from '../../domain/principal.ts';
import { MAX_ROUNDS, progressOf, roundOf, type Turn, turnName, withProgress } from '../../domain/rounds.ts';
import { endRound as endRoundOf, phaseRecord, type Run, requireNewest } from '../../domain/run.ts';
import type { Ports } from '../../ports/ports.ts';
import { readResults } from '../queries/read-results.ts';
import { changeRun } from './change-run.ts';
import { requireRunning } from './require-running.ts';

type EndRoundPorts = Pick<Ports, 'runs' | 'registry' | 'metricLog' | 'blobs' | 'clock'>;

export interface RoundToEnd {
  readonly runId: Ulid;
  readonly phase: PhaseSlug;
  readonly turn: Turn;
  readonly execution: string | undefined;
}

/** Only the results of this round are read, so that a run of many rounds reads each of them once. */
export async function endRound(ports: EndRoundPorts, principal: Principal, facts: RoundToEnd): Promise<Run> {
  const { runId, phase, turn, execution } = facts;
  const group = turn.group ?? '';
  const round = turn.round ?? 0;
  const places = turn.stages.map((stage) => ({ stage, round: roundOf(stage, turn) }));
  const results = await readResults(ports, runId, phase, places);
  const again = results.at(-1)?.again === true;
  if (again && round + 1 >= MAX_ROUNDS) {
    throw new ForgeError('bug', `Phase ${phase} asked for more than ${MAX_ROUNDS} rounds of ${group}.`);
  }
  await ports.metricLog.record(principal.tenant, [
    ...results.flatMap((result) => result.metrics),
    ...derivedMetrics(results),
  ]);
  const at = ports.clock.now().toISOString();
  return changeRun(ports, principal, runId, (run) => {
    const { rounds = [], attempts } = phaseRecord(run, phase);
    if (progressOf(rounds, group).finished !== round || progressOf(rounds, group).done) return { run };
    requireNewest(run, execution);
    requireRunning(run, phase);
    const ended = withProgress(rounds, { group, finished: round + 1, done: !again });
    const key = `round/${phase}/${turnName(turn)}/${run.executions.at(-1)}`;
    const data = { group, round, again };
    return {
      run: endRoundOf(run, phase, ended, at),
      events: [{ type: 'RoundCompleted', key, run: runId, phase, attempt: attempts, at, data }],
    };
  });
}
