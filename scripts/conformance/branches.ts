import type { Json, JsonObject } from '#local/asl/json.ts';

/** One event, recorded or ours, in one shape. */
export interface TraceEvent extends JsonObject {
  id: number;
  prev: number;
  type: string;
}

/** Events of one thread in order, with the threads that its Map and Parallel states opened. */
export interface Thread {
  events: TraceEvent[];
  /** Inner threads by the position of the event that opened them and by their own key. */
  inner: Map<string, Thread>;
}

interface Place {
  thread: Thread;
  outer: Place | undefined;
  /** Positions of Map and Parallel states that are open in this thread. */
  open: number[];
}

const OPENS = new Set(['MapStateStarted', 'ParallelStateStarted']);
const CLOSES = new Set([
  'MapStateSucceeded',
  'MapStateFailed',
  'ParallelStateSucceeded',
  'ParallelStateFailed',
]);
const EXITS = new Set(['MapStateExited', 'ParallelStateExited']);

/**
 * Sorts a history into threads by following `prev`. Two histories agree when their threads do: how the threads
 * interleave is chance.
 */
export function toThreads(events: TraceEvent[]): Thread {
  const root: Place = { thread: { events: [], inner: new Map() }, outer: undefined, open: [] };
  const places = new Map<number, Place>([[0, root]]);
  for (const event of events) {
    const place = placeOf(event, places.get(event.prev) ?? root, events, places);
    place.thread.events.push(event);
    if (OPENS.has(event.type)) place.open.push(place.thread.events.length);
    places.set(event.id, place);
  }
  return root.thread;
}

function placeOf(event: TraceEvent, from: Place, events: TraceEvent[], places: Map<number, Place>): Place {
  if (event.type === 'MapIterationStarted')
    return openInner(mapOf(from, String(event.name)), `#${event.index}`);
  if (CLOSES.has(event.type) || EXITS.has(event.type) || OPENS.has(event.type))
    return closeInner(event, from);
  if (event.type.startsWith('Execution')) return outermost(from);
  const cause = events[event.prev - 1];
  const opensBranch = cause?.type === 'ParallelStateStarted' && event.type.endsWith('StateEntered');
  return opensBranch ? openInner(from, `{${event.name}}`) : (places.get(event.prev) ?? from);
}

function openInner(place: Place, key: string): Place {
  const thread: Thread = { events: [], inner: new Map() };
  place.thread.inner.set(`${place.open.at(-1) ?? 0}${key}`, thread);
  return { thread, outer: place, open: [] };
}

/** An iteration may be caused by the last event of another iteration: climb to the Map itself. */
function mapOf(from: Place, name: string): Place {
  let place = from;
  while (!isMap(place, name) && place.outer) place = place.outer;
  return place;
}

function isMap({ thread, open }: Place, name: string): boolean {
  const entered = thread.events[(open.at(-1) ?? 0) - 2];
  return (
    entered?.name === name ||
    thread.events.some((event) => event.type === 'MapStateEntered' && event.name === name)
  );
}

/** The end of a Map or Parallel is caused by an event inside: climb out until the state that is meant. */
function closeInner(event: TraceEvent, from: Place): Place {
  if (OPENS.has(event.type) && from.thread.events.at(-1)?.type.endsWith('StateEntered')) return from;
  let place = from;
  if (EXITS.has(event.type)) {
    while (
      place.outer &&
      !place.thread.events.some((own) => own.type.endsWith('StateEntered') && own.name === event.name)
    ) {
      place = place.outer;
    }
    return place;
  }
  if (place.open.length === 0 && place.outer && !endsAtEntry(place, event)) place = place.outer;
  if (CLOSES.has(event.type)) place.open.pop();
  return place;
}

/** MapStateFailed directly after EvaluationFailed of that very Map: nothing inside was ever opened. */
function endsAtEntry({ thread }: Place, event: TraceEvent): boolean {
  const family = event.type.startsWith('Map') ? 'MapStateEntered' : 'ParallelStateEntered';
  return thread.events.slice(-2).some((own) => own.type === family);
}

function outermost(place: Place): Place {
  let top = place;
  while (top.outer) top = top.outer;
  return top;
}

/** Readable name of the inner thread's value for messages. */
export function describe(value: Json): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}
