/** What a run would do. */
import type { Gate, RunPlan, Stage } from '../client/records.ts';
import { formatBytes, formatNumber, formatSeconds } from './figures.ts';
import type { Paint } from './paint.ts';
import { renderTable } from './table.ts';

/** `base, variants × 3, evaluate` */
export function stageText(stages: readonly Stage[]): string {
  return stages.map((stage) => (stage.size > 1 ? `${stage.name} × ${stage.size}` : stage.name)).join(', ');
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
  ].join('\n\n');
}
