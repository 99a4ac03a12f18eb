/** What a control verb reuses of a run and what it runs again. */
import type { Decisions } from '../client/records.ts';
import type { Paint } from './paint.ts';
import { renderTable } from './table.ts';

export function renderDecisions({ phases }: Decisions, paint: Paint): string {
  const rows = phases.map(({ phase, decision, checkpoints, reason }) => [
    phase,
    decision,
    String(checkpoints),
    reason,
  ]);
  return renderTable(['phase', 'decision', 'checkpoints', 'why'], rows, paint);
}
