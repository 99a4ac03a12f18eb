/** What a run would do. */
import type { Gate, RunPlan, Stage } from '../client/records.ts';
import { renderBurst } from './burst.ts';
import { formatBytes, formatNumber, formatSeconds } from './figures.ts';
import type { Paint } from './paint.ts';
import { renderTable } from './table.ts';

function oneStage({ name, size }: Stage): string {
  if (typeof size !== 'number') return `${name} × ${size.setting}`;
  return size > 1 ? `${name} × ${size}` : name;
}

/** `base, variants × 3, evaluate`; stages that repeat together stand in brackets: `(score × workers, select) again` */
export function stageText(stages: readonly Stage[]): string {
  return stages
    .map((stage, position) => {
      const group = stage.repeat ?? null;
      const opens = group !== null && (stages[position - 1]?.repeat ?? null) !== group;
      const closes = group !== null && (stages[position + 1]?.repeat ?? null) !== group;
      return `${opens ? '(' : ''}${oneStage(stage)}${closes ? ') again' : ''}`;
    })
    .join(', ');
}

export function gateText({ metric, op, bound }: Gate): string {
  if (typeof bound === 'number') return `${metric} ${op} ${formatNumber(bound)}`;
  return `${metric} ${op} ${bound.factor === undefined ? '' : `${bound.factor} × `}${bound.metric}`;
}

export function renderPlan(plan: RunPlan, paint: Paint): string {
  const rows = plan.phases.map((phase) => [
    phase.phase,
    phase.available ? 'yes' : 'no',
    stageText(phase.stages) || '-',
    String(phase.jobs),
    String(phase.gates.length),
    formatSeconds(phase.timeoutSeconds),
  ]);
  const { corpus } = plan;
  const size =
    corpus && `${corpus.documents.toLocaleString('en-US')} documents, ${formatBytes(corpus.bytes)}`;
  return [
    `${paint('bold', plan.name)}, seed ${plan.seed}${corpus ? `, corpus ${corpus.name} (${size})` : ''}`,
    renderTable(['phase', 'runs', 'stages', 'jobs', 'gates', 'time limit'], rows, paint),
    ...(plan.deferred.length > 0
      ? [`checked when the real model is there: ${plan.deferred.join(', ')}`]
      : []),
    renderBurst(plan.burst, paint),
  ].join('\n\n');
}
