import type { ForgeEvent } from '#contracts/source/event.ts';
import type { EventType } from '#contracts/source/event-types.ts';

export const RUN = '01J00000000000000000000000';

/** One event of the run; its sequence number is its only order. */
export function eventOf(
  seq: number,
  type: EventType,
  data: Record<string, unknown> = {},
  phase: 'cognate' | null = 'cognate',
): ForgeEvent {
  return { seq, type, tenant: 'default', run: RUN, phase, attempt: 1, at: '2026-01-01T00:00:00Z', data };
}

export function progressOf(seq: number, stage: string, index: number | null, step: number): ForgeEvent {
  const data = {
    stage,
    index,
    step,
    steps: 20,
    fraction: step / 20,
    etaSeconds: 20 - step,
    message: 'training',
  };
  return eventOf(seq, 'phase_progress', data);
}

/** As the API sends it. */
export function frameOf(event: ForgeEvent): string {
  return `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
