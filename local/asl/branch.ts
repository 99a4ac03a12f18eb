import type { EvaluationWorld } from './aws-functions.ts';
import type { StateGraph } from './definition.ts';
import type { StateFailure } from './failure.ts';
import { type History, newTrail, type Trail } from './history.ts';
import type { Outcome } from './journal.ts';
import type { Json, JsonObject } from './json.ts';
import type { IntegrationPattern } from './tasks.ts';

/** A call that a Task state wants made. */
export interface TaskRequest {
  key: string;
  token: string;
  resource: string;
  arguments: Json;
  pattern: IntegrationPattern;
  stateName: string;
  attempt: number;
  credentials?: Json;
  deadline?: number;
  heartbeatMs?: number;
  /** Name of the service in messages about too large results. */
  source: string;
  onSubmitted: (output: Json) => void;
}

/** What a branch waits for. It gets back: nothing, the task's outcome, the child that ended. */
export type Effect =
  | { kind: 'timer'; key: string; deadline: number }
  | { kind: 'task'; request: TaskRequest }
  | { kind: 'join' };

/** Code of a state: runs until it needs something from outside. */
export type Steps<T> = AsyncGenerator<Effect, T, Outcome | Branch | undefined>;

/** What branches need from their execution. */
export interface ExecutionView {
  readonly name: string;
  readonly seed: string;
  readonly history: History;
  readonly world: EvaluationWorld;
  /** Parts of the context object that never change. */
  readonly context: JsonObject;
  /** ARN under which Map runs are listed. */
  readonly mapRunArn: (label: string, key: string) => string;
  /** Lets a branch run a graph; it begins after everything that is ready now. */
  start(branch: Branch, graph: StateGraph, input: Json): void;
  cancel(branch: Branch): void;
}

interface BranchOptions {
  parent?: Branch;
  /** Place in the definition and in the iterations; part of every task key. */
  path: string;
  iteration: string;
  mapItem?: Json;
  /** A child of a distributed Map: AWS keeps its events in another history. */
  quiet?: boolean;
  previousEventId?: number;
  variables: Record<string, Json>;
}

/** One thread of states: the machine itself, a branch of a Parallel, or an iteration of a Map. */
export class Branch {
  readonly execution: ExecutionView;
  readonly parent: Branch | undefined;
  readonly path: string;
  readonly iteration: string;
  readonly mapItem: Json | undefined;
  readonly quiet: boolean;
  readonly trail: Trail;
  readonly children = new Set<Branch>();
  /** Children that ended and that the branch has not looked at yet. */
  readonly ended: Branch[] = [];
  variables: Record<string, Json>;
  /** Type of the state that is being executed. */
  openState = '';
  result: { output: Json } | { failure: StateFailure } | undefined;
  private readonly visits = new Map<string, number>();

  constructor(execution: ExecutionView, options: BranchOptions) {
    this.execution = execution;
    this.parent = options.parent;
    this.path = options.path;
    this.iteration = options.iteration;
    this.mapItem = options.mapItem;
    this.quiet = options.quiet ?? false;
    this.trail = newTrail(options.previousEventId ?? 0);
    this.variables = options.variables;
  }

  /** Starts an inner branch: it sees this one's variables, and what it assigns stays inside. */
  fork(
    place: string,
    options: { mapItem?: Json; quiet?: boolean; previousEventId?: number; iteration?: string },
  ): Branch {
    const { iteration, quiet, ...rest } = options;
    return new Branch(this.execution, {
      ...rest,
      parent: this,
      path: `${this.path}${place}/`,
      iteration: iteration === undefined ? this.iteration : joinIterations(this.iteration, iteration),
      quiet: this.quiet || (quiet ?? false),
      variables: quiet ? {} : { ...this.variables },
      ...(rest.mapItem === undefined && this.mapItem !== undefined ? { mapItem: this.mapItem } : {}),
    });
  }

  /** Number of this visit to a state in this branch: 0, 1, 2, ... */
  countVisit(stateName: string): number {
    const count = this.visits.get(stateName) ?? 0;
    this.visits.set(stateName, count + 1);
    return count;
  }

  /** Writes an event of this branch, unless its events belong to another history. */
  record(type: string, details: Parameters<History['add']>[2] = {}, previous = this.trail.last): number {
    return this.quiet ? previous : this.execution.history.add(this.trail, type, details, previous);
  }

  enter(type: string, name: string, input: Json): void {
    this.openState = type;
    if (!this.quiet) this.execution.history.enterState(this.trail, type, name, input);
  }
}

function joinIterations(outer: string, inner: string): string {
  return outer === '' ? inner : `${outer}/${inner}`;
}
