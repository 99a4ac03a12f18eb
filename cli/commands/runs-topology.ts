/** forge runs topology */
import type { Topology } from '../client/records.ts';
import type { Context } from '../context.ts';
import { type Paint, paintStatus } from '../output/paint.ts';
import { stageText } from '../output/plan.ts';
import { renderTable } from '../output/table.ts';

const HEADER = ['hand-over', 'phase', 'status', 'stages', 'jobs', 'rounds', 'rules checked'];

function rowOf(phase: Topology['phases'][number], paint: Paint): readonly string[] {
  const { handOver, stages, jobs, status } = phase;
  const rounds = stages.flatMap((stage) => stage.rounds ?? []);
  const passed = handOver.checked?.rules.filter(({ verdict }) => verdict === 'passed').length;
  return [
    handOver.name,
    phase.phase,
    paintStatus(paint, status),
    stageText(stages) || '-',
    String(jobs),
    rounds.length > 0 ? String(Math.max(...rounds)) : '-',
    passed === undefined ? '-' : `${passed} of ${handOver.rules.length} passed`,
  ];
}

export async function showTopology({ client, console }: Context, id: string): Promise<number> {
  const found = await client.getTopology(id);
  console.data(found, (paint) =>
    renderTable(
      HEADER,
      found.phases.map((phase) => rowOf(phase, paint)),
      paint,
    ),
  );
  return 0;
}
