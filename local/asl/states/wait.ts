import type { Steps } from '../branch.ts';
import type { WaitState } from '../definition.ts';
import { MAX_SECONDS } from '../limits.ts';
import { parseTimestamp } from '../timestamp.ts';
import type { Exit, Visit } from '../visit.ts';

/** Lets time pass: the deadline is absolute, so a restart does not prolong it. */
export async function* runWait(visit: Visit, state: WaitState): Steps<Exit> {
  const { history } = visit.branch.execution;
  const deadline = await deadlineOf(visit, state, history.now);
  if (deadline > history.now) yield { kind: 'timer', key: visit.attemptKey, deadline };
  return visit.leave(state, state.next, visit.input);
}

async function deadlineOf(visit: Visit, { until }: WaitState, now: number): Promise<number> {
  if (until.field === 'Seconds') {
    return now + ((await visit.wholeNumber(until.template, 'Seconds', [0, MAX_SECONDS])) ?? 0) * 1000;
  }
  const text = await visit.typed<string>(until.template, 'Timestamp', 'string');
  const at = parseTimestamp(text);
  if (at !== undefined) return at;
  throw visit.queryFailure(
    `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${text}`,
    'Timestamp',
    visit.branch.trail.entered,
  );
}
