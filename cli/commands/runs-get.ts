/** forge runs get */
import type { Run } from '../client/records.ts';
import type { Context } from '../context.ts';
import { formatSeconds, formatTime, secondsBetween } from '../output/figures.ts';
import { type Paint, paintStatus } from '../output/paint.ts';
import { renderFacts, renderTable } from '../output/table.ts';

function phaseTable(run: Run, paint: Paint): string {
  const rows = run.phases.map((phase) => {
    const seconds = secondsBetween(phase.startedAt, phase.endedAt);
    const took = seconds === null ? '-' : formatSeconds(seconds);
    const models = phase.outputs.join(' ');
    return [phase.slug, paintStatus(paint, phase.status), String(phase.attempts), took, models];
  });
  return renderTable(['phase', 'status', 'attempts', 'took', 'models'], rows, paint);
}

function renderRun(run: Run, paint: Paint): string {
  const error = run.error && `${run.error.kind}: ${run.error.message}\n${run.error.hint}`;
  const facts = renderFacts(
    [
      ['run', run.id],
      ['name', run.name],
      ['status', paintStatus(paint, run.status)],
      ['seed', String(run.resolved.seed)],
      ['corpus', run.resolved.corpus?.id ?? null],
      ['created', `${formatTime(run.createdAt)} UTC`],
      ['started', run.startedAt && `${formatTime(run.startedAt)} UTC`],
      ['ended', run.endedAt && `${formatTime(run.endedAt)} UTC`],
    ],
    paint,
  );
  return [facts, phaseTable(run, paint), error].filter(Boolean).join('\n\n');
}

export async function getRun({ client, console }: Context, id: string): Promise<number> {
  const run = await client.getRun(id);
  console.data(run, (paint) => renderRun(run, paint));
  return 0;
}
