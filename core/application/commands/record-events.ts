/** What a job printed, taken into the event log. Delivered twice, a line is kept once. */
import { type EventLine, eventLine } from '#contracts/source/event.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { parseDocument } from '#contracts/source/problems.ts';
import type { NewEvent } from '../../domain/event.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Ports } from '../../ports/ports.ts';

/** Lines of one attempt's log, in order, with the byte offset of each, or whatever its store tells lines apart by. */
export interface LogBatch {
  readonly runId: Ulid;
  readonly phase: PhaseSlug;
  readonly stage: string;
  readonly index: number | null;
  readonly jobId: string;
  /** Of the job. */
  readonly attempt: number;
  /** Which start of the phase the job belongs to; left out by a job that does not say. */
  readonly phaseAttempt?: number | undefined;
  readonly lines: readonly { readonly offset: number | string; readonly text: string }[];
}

/** Longer lines are no events of ours: 64 KiB is far above what any phase prints. */
const MAX_LINE = 65_536;

function parseLine(text: string): EventLine | null {
  if (text.length > MAX_LINE || !text.startsWith('{')) return null;
  try {
    const parsed = parseDocument(eventLine, JSON.parse(text));
    return parsed.ok ? parsed.value : null;
  } catch {
    return null;
  }
}

/** Returns how many lines were events; the others stay in the log and are nobody's business here. */
export async function recordEvents(
  ports: Pick<Ports, 'eventLog'>,
  principal: Principal,
  batch: LogBatch,
): Promise<{ readonly recorded: number; readonly ignored: number }> {
  const { runId, phase, stage, index, jobId, attempt, phaseAttempt = null, lines } = batch;
  const events = lines.flatMap(({ offset, text }): NewEvent[] => {
    const line = parseLine(text);
    if (!line) return [];
    const data = { ...line.data, stage, index, job: jobId, jobAttempt: attempt };
    return [
      {
        type: line.type,
        run: runId,
        phase,
        attempt: phaseAttempt,
        at: line.at,
        data,
        key: `${jobId}/${attempt}/${offset}`,
      },
    ];
  });
  if (events.length > 0) await ports.eventLog.append(principal.tenant, events);
  return { recorded: events.length, ignored: lines.length - events.length };
}
