import { FatalFailure } from './failure.ts';
import type { Json } from './json.ts';
import { MAX_HISTORY_EVENTS } from './limits.ts';

/**
 * One event of an execution's history. Names and order are AWS's; the details that AWS nests under
 * `stateEnteredEventDetails` and the like stand directly on the event, and JSON is parsed.
 */
export interface HistoryEvent extends EventDetails {
  id: number;
  /** Id of the event that caused this one; 0 at the start. */
  previousEventId: number;
  type: string;
  /** ISO-8601. */
  timestamp: string;
}

interface EventDetails {
  name?: string;
  input?: Json;
  output?: Json;
  assignedVariables?: Record<string, Json>;
  error?: string;
  cause?: string;
  /** Field of the state whose expression failed. */
  location?: string;
  state?: string;
  resource?: string;
  resourceType?: string;
  parameters?: Json;
  timeoutInSeconds?: number;
  heartbeatInSeconds?: number;
  taskCredentials?: Json;
  length?: number;
  index?: number;
  mapRunArn?: string;
}

/** Details as callers write them: a field that is undefined is left out of the event. */
type LooseDetails = { [K in keyof EventDetails]?: EventDetails[K] | undefined };

/** A branch's place in the history: the event that caused whatever comes next. */
export interface Trail {
  last: number;
  /** `last` before the current state was entered; AWS lets an expression that fails at entry point there. */
  beforeEntry: number;
  /** Id of the event that entered the current state. */
  entered: number;
}

/** Collects the events of one execution. */
export class History {
  readonly events: HistoryEvent[] = [];
  /** Milliseconds since 1970; moved on by the execution whenever something arrives. */
  now = 0;

  /** Appends one event and moves the branch there. The last place is kept free for the event that ends the execution. */
  add(trail: Trail, type: string, details: LooseDetails = {}, previous = trail.last): number {
    if (this.events.length >= MAX_HISTORY_EVENTS - 1) {
      throw new FatalFailure(
        'States.Runtime',
        `The execution reached the maximum number of history events (${MAX_HISTORY_EVENTS}).`,
      );
    }
    trail.last = this.push(type, previous, details);
    return trail.last;
  }

  /** The event that ends the execution; there is always room for it. */
  end(trail: Trail, type: string, details: LooseDetails = {}): void {
    trail.last = this.push(type, trail.last, details);
  }

  enterState(trail: Trail, type: string, name: string, input: Json): void {
    trail.beforeEntry = trail.last;
    trail.entered = this.add(trail, `${type}StateEntered`, { name, input });
  }

  private push(type: string, previousEventId: number, details: LooseDetails): number {
    const event: HistoryEvent = {
      id: this.events.length + 1,
      previousEventId,
      type,
      timestamp: new Date(this.now).toISOString(),
    };
    for (const [key, value] of Object.entries(details)) {
      if (value !== undefined) Object.assign(event, { [key]: value });
    }
    this.events.push(event);
    return event.id;
  }
}

/** The branch in which an execution starts. */
export function newTrail(last = 0): Trail {
  return { last, beforeEntry: last, entered: last };
}
