import type { EvaluationWorld } from './aws-functions.ts';
import { Branch, type Effect, type ExecutionView, type Steps } from './branch.ts';
import type { Machine, StateGraph } from './definition.ts';
import { FatalFailure, StateFailure } from './failure.ts';
import { runGraph } from './graph.ts';
import { History } from './history.ts';
import type { FinishedEntry, JournalEntry, JournalFact, Outcome, StartedEntry } from './journal.ts';
import type { Json, JsonObject } from './json.ts';
import { Pending, type World } from './pending.ts';
import { SeededRandom } from './random.ts';

interface Delivery {
  fact: JournalFact;
  durable: () => void;
  refused: (error: unknown) => void;
}

interface Runnable {
  branch: Branch;
  answer: Outcome | Branch | undefined;
}

/** What an execution is made of. */
export interface ExecutionParts {
  name: string;
  machine: Machine;
  started: StartedEntry & { at: number };
  /** Entries after the first, when the execution was begun before. */
  recorded: JournalEntry[];
  context: JsonObject;
  mapRunArn: (label: string, key: string) => string;
  world: World;
}

/**
 * One execution as an event-sourced process. Its branches run one at a time in a fixed order, so that everything
 * follows from the journal: what was recorded is fed in first, then what really happens, each journalled before
 * the branches see it.
 */
export class Execution implements ExecutionView {
  readonly name: string;
  readonly seed: string;
  readonly history = new History();
  readonly world: EvaluationWorld;
  readonly context: JsonObject;
  readonly mapRunArn: ExecutionParts['mapRunArn'];
  readonly started: StartedEntry & { at: number };
  finished: (FinishedEntry & { at: number }) | undefined;
  private readonly machine: Machine;
  private readonly outside: World;
  private readonly root: Branch;
  private readonly bodies = new Map<Branch, Steps<Json>>();
  private readonly joining = new Set<Branch>();
  private readonly pending = new Map<string, Pending>();
  private readonly ready: Runnable[] = [];
  private readonly inbox: Delivery[] = [];
  private readonly replay: JournalEntry[];
  private readonly scheduled: Set<string>;
  private nextSeq: number;
  /** Time of the latest entry; `history.now` moves only with what the branches see, so that replay sees the same. */
  private lastAt: number;
  private live = false;
  private pumping = false;
  private closed = false;
  private stopTimer: (() => void) | undefined;

  constructor(parts: ExecutionParts) {
    this.name = parts.name;
    this.machine = parts.machine;
    this.started = parts.started;
    this.seed = parts.started.seed;
    this.context = parts.context;
    this.mapRunArn = parts.mapRunArn;
    this.outside = parts.world;
    this.replay = parts.recorded.filter((entry) => entry.type !== 'scheduled');
    this.scheduled = new Set(parts.recorded.map((entry) => (entry.type === 'scheduled' ? entry.key : '')));
    this.nextSeq = parts.recorded.length + 1;
    this.history.now = parts.started.at;
    this.lastAt = parts.recorded.at(-1)?.at ?? parts.started.at;
    this.world = { random: new SeededRandom(this.seed), now: () => this.history.now };
    this.root = new Branch(this, { path: '', iteration: '', variables: {} });
  }

  /** Runs until the execution waits for something or is closed. */
  async run(): Promise<void> {
    this.root.record('ExecutionStarted', { input: this.started.input });
    this.root.trail.last = 0;
    this.start(this.root, this.machine, this.started.input);
    await this.pump();
  }

  start(branch: Branch, graph: StateGraph, input: Json): void {
    branch.parent?.children.add(branch);
    this.bodies.set(branch, runGraph(branch, graph, input));
    this.ready.push({ branch, answer: undefined });
  }

  cancel(branch: Branch): void {
    for (const child of branch.children) this.cancel(child);
    this.bodies.delete(branch);
    this.joining.delete(branch);
    branch.parent?.children.delete(branch);
    for (const [key, pending] of this.pending) {
      if (pending.branch !== branch) continue;
      pending.end('ended');
      this.pending.delete(key);
    }
  }

  /** Hands in something that happened outside; resolves when it is durable and rejects when nobody waits for it. */
  deliver(fact: JournalFact): Promise<void> {
    if (this.finished || this.closed)
      return Promise.reject(new Error(`Execution '${this.name}' waits for nothing any more.`));
    const promise = new Promise<void>((durable, refused) => this.inbox.push({ fact, durable, refused }));
    void this.pump();
    return promise;
  }

  /** Restarts the heartbeat clock of a pending task. */
  heartbeat(key: string): void {
    this.pending.get(key)?.heartbeat();
  }

  /** Lets go of everything outside, but ends nothing. */
  close(): void {
    this.closed = true;
    this.stopTimer?.();
    for (const pending of this.pending.values()) pending.end('closing');
    for (const { refused } of this.inbox.splice(0))
      refused(new Error(`Execution '${this.name}' is closing.`));
  }

  private setAside(error: unknown): void {
    if (this.closed || this.finished) return;
    this.close();
    this.outside.onFault(error);
  }

  private async pump(): Promise<void> {
    if (this.pumping) return;
    this.pumping = true;
    try {
      while (!this.closed && !this.finished && (await this.turn()));
    } catch (error) {
      this.setAside(error);
    } finally {
      this.pumping = false;
    }
    // Something may have arrived while the last turn was ending.
    if (this.inbox.length > 0) await this.pump();
  }

  /** One step; false when there is nothing to do now. */
  private async turn(): Promise<boolean> {
    const runnable = this.ready.shift();
    if (runnable) {
      await this.advance(runnable);
      return true;
    }
    const recorded = this.replay.shift();
    if (recorded) {
      await this.applyRecorded(recorded);
      return true;
    }
    if (!this.live) {
      await this.goLive();
      return true;
    }
    const delivery = this.inbox.shift();
    if (delivery) await this.applyDelivery(delivery);
    return delivery !== undefined;
  }

  private async advance({ branch, answer }: Runnable): Promise<void> {
    const body = this.bodies.get(branch);
    if (!body) return;
    let step: IteratorResult<Effect, Json>;
    try {
      step = await body.next(answer);
    } catch (error) {
      if (error instanceof StateFailure) this.endBranch(branch, { failure: error });
      else if (error instanceof FatalFailure)
        await this.finish({ status: 'FAILED', error: error.error, cause: error.message });
      else throw error;
      if (branch === this.root && !this.finished) await this.finishRoot();
      return;
    }
    if (!step.done) {
      await this.wait(branch, step.value);
      return;
    }
    this.endBranch(branch, { output: step.value });
    if (branch === this.root) await this.finishRoot();
  }

  private async wait(branch: Branch, effect: Effect): Promise<void> {
    if (effect.kind === 'join') {
      const ended = branch.ended.shift();
      if (ended) this.ready.push({ branch, answer: ended });
      else this.joining.add(branch);
      return;
    }
    const pending = new Pending(branch, effect);
    this.pending.set(pending.key, pending);
    if (this.live) await this.begin(pending);
  }

  private endBranch(branch: Branch, result: NonNullable<Branch['result']>): void {
    branch.result = result;
    this.bodies.delete(branch);
    const { parent } = branch;
    if (!parent) return;
    parent.children.delete(branch);
    if (this.joining.delete(parent)) this.ready.push({ branch: parent, answer: branch });
    else parent.ended.push(branch);
  }

  /** The journal is used up: from now on the world answers. */
  private async goLive(): Promise<void> {
    this.live = true;
    const { timeoutSeconds } = this.machine;
    if (timeoutSeconds !== undefined) {
      const deadline = this.started.at + timeoutSeconds * 1000;
      const stop = (): void => void this.deliver({ type: 'stop', timedOut: true }).catch(() => undefined);
      this.stopTimer = this.outside.clock.schedule(deadline, stop);
    }
    for (const pending of [...this.pending.values()]) await this.begin(pending);
  }

  private async begin(pending: Pending): Promise<void> {
    const resumed = this.scheduled.has(pending.key);
    if (!resumed) await this.append(pending.toEntry());
    if (this.closed) return;
    const surroundings = { ...this.outside, setAside: (error: unknown) => this.setAside(error) };
    pending.begin(surroundings, resumed, (fact) => this.deliver(fact));
  }

  private async applyRecorded(entry: JournalEntry): Promise<void> {
    this.history.now = entry.at;
    if (entry.type === 'finished') this.closeWith(entry);
    else if (entry.type === 'stop') await this.finishStopped(entry);
    else if (!this.apply(entry)) throw this.divergence(entry);
  }

  private divergence(entry: JournalEntry): Error {
    return new Error(
      `The journal of execution '${this.name}' says '${'key' in entry ? entry.key : entry.type}' (entry ${entry.seq}), ` +
        'which its definition does not ask for at this point. Expected the journal of this definition and engine; ' +
        'restore the journal, or start a new execution.',
    );
  }

  private async applyDelivery({ fact, durable, refused }: Delivery): Promise<void> {
    const wanted = fact.type === 'stop' || ('key' in fact && this.pending.get(fact.key)?.accepts(fact));
    if (!wanted) {
      refused(new Error(`Nobody waits for this answer any more: ${JSON.stringify(fact).slice(0, 200)}`));
      return;
    }
    try {
      this.history.now = await this.append(fact);
    } catch (error) {
      refused(error);
      throw error;
    }
    durable();
    if (fact.type === 'stop') await this.finishStopped(fact);
    else this.apply(fact);
  }

  private apply(fact: JournalFact): boolean {
    if (fact.type !== 'submitted' && fact.type !== 'completed') return false;
    const pending = this.pending.get(fact.key);
    if (!pending?.accepts(fact)) return false;
    if (fact.type === 'submitted') {
      pending.submit(fact.output);
      return true;
    }
    pending.end('ended');
    this.pending.delete(fact.key);
    this.ready.push({ branch: pending.branch, answer: fact.outcome });
    return true;
  }

  private async finishRoot(): Promise<void> {
    const { result } = this.root;
    if (!result) return;
    if ('output' in result) await this.finish({ status: 'SUCCEEDED', output: result.output });
    else
      await this.finish({ status: 'FAILED', ...reasonOf(result.failure.error, result.failure.failureCause) });
  }

  private async finishStopped({
    error,
    cause,
    timedOut,
  }: Extract<JournalFact, { type: 'stop' }>): Promise<void> {
    this.abandon();
    if (timedOut) await this.finish({ status: 'TIMED_OUT', ...reasonOf('States.Timeout', cause) });
    else await this.finish({ status: 'ABORTED', ...reasonOf(error, cause) });
  }

  private abandon(): void {
    this.cancel(this.root);
    this.ready.length = 0;
  }

  private async finish(result: Omit<FinishedEntry, 'type'>): Promise<void> {
    const recorded = this.replay.shift();
    if (recorded) {
      if (recorded.type !== 'finished') throw this.divergence(recorded);
      this.history.now = recorded.at;
      this.closeWith(recorded);
      return;
    }
    const fact: FinishedEntry = { type: 'finished', ...result };
    this.history.now = await this.append(fact);
    this.closeWith({ ...fact, at: this.history.now });
  }

  private closeWith(entry: FinishedEntry & { at: number }): void {
    this.abandon();
    this.stopTimer?.();
    this.history.end(this.root.trail, END_EVENTS[entry.status], {
      output: entry.output,
      error: entry.error,
      cause: entry.cause,
    });
    this.finished = entry;
    for (const { refused } of this.inbox.splice(0))
      refused(new Error(`Execution '${this.name}' is ${entry.status}.`));
    this.outside.onFinished(entry);
  }

  /** Makes a fact durable and answers its time. */
  private async append(fact: JournalFact): Promise<number> {
    this.lastAt = Math.max(this.lastAt, this.outside.clock.now());
    const at = this.lastAt;
    await this.outside.append({ ...fact, seq: this.nextSeq, at });
    this.nextSeq++;
    return at;
  }
}

const END_EVENTS: Record<FinishedEntry['status'], string> = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
};

function reasonOf(error: string | undefined, cause: string | undefined): { error?: string; cause?: string } {
  return { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
}
