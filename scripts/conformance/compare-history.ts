import type { HistoryEvent } from '#local/asl/history.ts';
import type { JsonObject } from '#local/asl/json.ts';
import { type Thread, type TraceEvent, toThreads } from './branches.ts';
import { type Difference, first, type Matcher } from './match.ts';

/** How exactly the recording kept the order of events. */
export type HistoryOrder = 'exact' | 'sorted-inside-parallel';

const NOT_COMPARED = new Set([
  'id',
  'prev',
  'cause',
  'causeJson',
  'causeTextGuessed',
  'previousEventId',
  'timestamp',
]);
/** Events that the recording loses inside a Parallel. */
const LOST = new Set(['ParallelStateSucceeded', 'ParallelStateFailed', 'ParallelStateExited']);

/** The first difference between a recorded history and ours. */
export function compareHistories(
  matcher: Matcher,
  recorded: JsonObject[],
  events: HistoryEvent[],
  order: HistoryOrder,
): Difference | undefined {
  const expected = recorded.map((event) => ({ ...event, id: event.id ?? -1 }) as TraceEvent);
  const actual = events.map((event) => ({ ...event, prev: event.previousEventId }) as unknown as TraceEvent);
  if (order === 'sorted-inside-parallel') return compareUnordered(matcher, expected, actual);
  return compareThreads(matcher, toThreads(expected), toThreads(actual), 'history');
}

function compareThreads(
  matcher: Matcher,
  expected: Thread,
  actual: Thread,
  at: string,
): Difference | undefined {
  return (
    compareSequences(matcher, expected.events, actual.events, at) ??
    compareInner(matcher, expected, actual, at)
  );
}

function compareInner(
  matcher: Matcher,
  expected: Thread,
  actual: Thread,
  at: string,
): Difference | undefined {
  const keys = new Set([...expected.inner.keys(), ...actual.inner.keys()]);
  return first(keys, (key) => {
    const [mine, theirs] = [actual.inner.get(key), expected.inner.get(key)];
    if (mine && theirs) return compareThreads(matcher, theirs, mine, `${at}/${key}`);
    return { at: `${at}/${key}`, expected: theirs?.events.map(nameOf), actual: mine?.events.map(nameOf) };
  });
}

function compareSequences(
  matcher: Matcher,
  expected: TraceEvent[],
  actual: TraceEvent[],
  at: string,
): Difference | undefined {
  const names = matcher.compare(expected.map(nameOf), actual.map(nameOf), `${at} (order of events)`);
  if (names) return names;
  return first(expected.entries(), ([index, event]) =>
    compareEvents(matcher, event, actual[index] ?? event, `${at}[${index}] ${nameOf(event)}`),
  );
}

function compareEvents(
  matcher: Matcher,
  expected: TraceEvent,
  actual: TraceEvent,
  at: string,
): Difference | undefined {
  return (
    matcher.compare(visible(expected), visible(actual), at) ?? matcher.compareCause(expected, actual, at)
  );
}

function visible(event: TraceEvent): JsonObject {
  return Object.fromEntries(Object.entries(event).filter(([key]) => !NOT_COMPARED.has(key)));
}

function nameOf(event: TraceEvent): string {
  return event.name === undefined ? event.type : `${event.type} ${event.name}`;
}

interface Split {
  outside: TraceEvent[];
  inside: TraceEvent[];
}

/** Outside of Parallel states in order, inside as a multiset in which our history may have what the recording lost. */
function compareUnordered(
  matcher: Matcher,
  expected: TraceEvent[],
  actual: TraceEvent[],
): Difference | undefined {
  const [theirs, ours] = [split(expected), split(actual)];
  const outside = compareSequences(matcher, theirs.outside, ours.outside, 'history outside of Parallel');
  if (outside) return outside;
  const left = [...ours.inside];
  const missing = theirs.inside.find((event) => {
    const index = left.findIndex((candidate) => !compareEvents(matcher, event, candidate, ''));
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
  if (missing) return { at: 'history inside of Parallel', expected: missing, actual: left };
  const extra = left.filter((event) => !LOST.has(event.type));
  return extra.length > 0 ? { at: 'history inside of Parallel', expected: [], actual: extra } : undefined;
}

function split(events: TraceEvent[]): Split {
  const result: Split = { outside: [], inside: [] };
  let parallel: string | undefined;
  let entered = '';
  for (const event of events) {
    if (event.type === 'ParallelStateEntered' && parallel === undefined) entered = String(event.name);
    if (event.type === 'ParallelStateExited' && event.name === parallel) parallel = undefined;
    if (event.type.startsWith('Execution')) parallel = undefined;
    (parallel === undefined ? result.outside : result.inside).push(event);
    if (event.type === 'ParallelStateStarted') parallel ??= entered;
  }
  return result;
}
