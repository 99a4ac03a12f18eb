import type { Branch, Steps } from '../branch.ts';
import type { MapState } from '../definition.ts';
import { StateFailure } from '../failure.ts';
import type { Json } from '../json.ts';
import { MAX_INLINE_CONCURRENCY } from '../limits.ts';
import type { Exit, Visit } from '../visit.ts';
import { recordAborted } from './abort.ts';
import { readItems } from './item-reader.ts';

interface Limits {
  concurrency: number;
  /** Most iterations that may fail; undefined when the state says nothing about it. */
  tolerated: number | undefined;
}

/** Runs its processor once per item; the result is the list of outputs in the order of the items. */
export async function* runMap(visit: Visit, state: MapState): Steps<Exit> {
  const { branch } = visit;
  const given = state.itemReader ? undefined : await evaluateItems(visit, state);
  branch.record('MapStateStarted', { length: given?.length ?? 0 }, branch.trail.entered);
  const mapRunArn = branch.execution.mapRunArn(state.label, visit.attemptKey);
  if (state.distributed) branch.record('MapRunStarted', { mapRunArn });
  let result: Json[];
  try {
    const items = given ?? (state.itemReader ? yield* readItems(visit, state.itemReader) : []);
    result = yield* new Iterations(visit, state, items, await readLimits(visit, state, items.length)).run();
  } catch (error) {
    if (state.distributed && error instanceof StateFailure) {
      branch.record('MapRunFailed', { error: error.error, cause: error.failureCause });
    }
    throw error;
  }
  if (state.distributed) branch.record('MapRunSucceeded');
  const before = branch.trail.last;
  branch.record('MapStateSucceeded');
  branch.trail.last = before;
  return visit.leave(state, state.next, result, { result });
}

async function evaluateItems(visit: Visit, state: MapState): Promise<Json[]> {
  if (state.items) return visit.typed<Json[]>(state.items, 'Items', 'array');
  if (Array.isArray(visit.input)) return visit.input;
  throw visit.queryFailure(`Map state input must be an array but was: ${JSON.stringify(visit.input)}`);
}

async function readLimits(visit: Visit, state: MapState, length: number): Promise<Limits> {
  const most = Number.MAX_SAFE_INTEGER;
  const concurrency = (await visit.wholeNumber(state.maxConcurrency, 'MaxConcurrency', [0, most])) || most;
  const count = await visit.wholeNumber(state.toleratedFailureCount, 'ToleratedFailureCount', [0, most]);
  const percentage = state.toleratedFailurePercentage
    ? await visit.typed<number>(state.toleratedFailurePercentage, 'ToleratedFailurePercentage', 'number')
    : undefined;
  if (percentage !== undefined && (percentage < 0 || percentage > 100)) {
    throw visit.queryFailure(
      'ToleratedFailurePercentage must be between 0 and 100.',
      'ToleratedFailurePercentage',
    );
  }
  const byPercentage = percentage === undefined ? undefined : Math.floor((percentage / 100) * length);
  return {
    concurrency: state.distributed ? concurrency : Math.min(concurrency, MAX_INLINE_CONCURRENCY),
    tolerated: count === undefined ? byPercentage : Math.min(count, byPercentage ?? count),
  };
}

/** The iterations of one attempt of a Map. */
class Iterations {
  private readonly visit: Visit;
  private readonly state: MapState;
  private readonly items: Json[];
  private readonly limits: Limits;
  private readonly indexes = new Map<Branch, number>();
  private readonly failures: Branch[] = [];

  constructor(visit: Visit, state: MapState, items: Json[], limits: Limits) {
    this.visit = visit;
    this.state = state;
    this.items = items;
    this.limits = limits;
  }

  async *run(): Steps<Json[]> {
    const { branch } = this.visit;
    const { items, limits } = this;
    const started = branch.trail.last;
    while (this.indexes.size < Math.min(items.length, limits.concurrency)) await this.launch(started);
    for (let done = 0; done < items.length; done++) {
      const child = (yield { kind: 'join' }) as Branch;
      const before = child.trail.last;
      this.finish(child);
      if (this.indexes.size < items.length) await this.launch(this.state.distributed ? started : before);
    }
    return this.outputs();
  }

  private async launch(previous: number): Promise<void> {
    const { visit, state } = this;
    const index = this.indexes.size;
    const value = this.items[index] ?? null;
    const mapItem = { Index: index, Value: value };
    const selector = state.itemSelector;
    const input = selector ? await visit.evaluate(selector, 'ItemSelector', { mapItem }) : value;
    const child = visit.branch.fork(`${visit.place}[${index}]`, {
      mapItem,
      quiet: state.distributed,
      previousEventId: previous,
      iteration: `${state.name}[${index}]`,
    });
    this.indexes.set(child, index);
    child.record('MapIterationStarted', { name: state.name, index });
    child.execution.start(child, state.processor, input);
  }

  private finish(child: Branch): void {
    const { branch } = this.visit;
    const details = { name: this.state.name, index: this.indexes.get(child) };
    if (child.result && 'output' in child.result) {
      child.record('MapIterationSucceeded', details);
      if (!child.quiet) branch.trail.last = child.trail.last;
      return;
    }
    this.failures.push(child);
    const cause = child.trail.last;
    child.record('MapIterationFailed', details);
    if (!child.quiet) branch.trail.last = cause;
    if (this.failures.length > (this.limits.tolerated ?? 0)) {
      this.abort(child, cause);
      throw this.failureOf(child);
    }
  }

  private abort(failed: Branch, cause: number): void {
    const { branch } = this.visit;
    if (failed.openState === 'Task' && !failed.quiet) branch.record('TaskStateAborted', {}, cause);
    for (const [child, index] of this.indexes) {
      if (child.result) continue;
      child.record('MapIterationAborted', { name: this.state.name, index }, cause);
      recordAborted(branch, child, cause);
      branch.execution.cancel(child);
    }
    if (!failed.quiet) branch.trail.last = cause;
  }

  private failureOf(child: Branch): StateFailure {
    if (this.limits.tolerated === undefined && !this.state.distributed) {
      return child.result && 'failure' in child.result
        ? child.result.failure
        : new StateFailure(undefined, undefined);
    }
    return new StateFailure(
      'States.ExceedToleratedFailureThreshold',
      'The specified tolerated failure threshold was exceeded',
    );
  }

  private outputs(): Json[] {
    const outputs: Json[] = [];
    for (const child of this.indexes.keys()) {
      if (child.result && 'output' in child.result) outputs.push(child.result.output);
    }
    return outputs;
  }
}
