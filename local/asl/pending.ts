import type { Branch, Effect, TaskRequest } from './branch.ts';
import type { Clock } from './clock.ts';
import { dataLimitExceeded } from './failure.ts';
import type { FinishedEntry, JournalEntry, JournalFact, Outcome, ScheduledEntry } from './journal.ts';
import type { Json } from './json.ts';
import { exceedsPayload } from './limits.ts';
import { OutcomeUnknown, type TaskCall, TaskError } from './tasks.ts';

/** Everything around one execution. */
export interface World {
  clock: Clock;
  append(entry: JournalEntry): Promise<void>;
  run(call: TaskCall): Promise<Json>;
  /** A task waits for `sendTaskSuccess` and the like. */
  expectToken(token: string, key: string): void;
  forgetToken(token: string): void;
  onFinished(entry: FinishedEntry & { at: number }): void;
  /** The execution cannot go on in this process. */
  onFault(error: unknown): void;
}

/** What a pending task needs of the world and of its execution. */
export interface Surroundings extends Pick<World, 'clock' | 'run' | 'expectToken' | 'forgetToken'> {
  /** Stops working on the execution without ending it. */
  setAside(error: unknown): void;
}

type Deliver = (fact: JournalFact) => Promise<void>;

/** A task or timer that a branch waits for. */
export class Pending {
  readonly branch: Branch;
  readonly key: string;
  private readonly effect: Exclude<Effect, { kind: 'join' }>;
  private readonly abort = new AbortController();
  private readonly releases: (() => void)[] = [];
  private submission: { output: Json } | undefined;
  private restartHeartbeat: (() => void) | undefined;

  constructor(branch: Branch, effect: Exclude<Effect, { kind: 'join' }>) {
    this.branch = branch;
    this.effect = effect;
    this.key = effect.kind === 'timer' ? effect.key : effect.request.key;
  }

  toEntry(): ScheduledEntry {
    const { effect, key } = this;
    const deadline = effect.kind === 'timer' ? effect.deadline : effect.request.deadline;
    return { type: 'scheduled', key, kind: effect.kind, ...(deadline === undefined ? {} : { deadline }) };
  }

  /** A submission is taken once and only from a task; an outcome always. */
  accepts(fact: JournalFact): boolean {
    if (fact.type === 'submitted') return this.effect.kind === 'task' && this.submission === undefined;
    return fact.type === 'completed';
  }

  submit(output: Json): void {
    this.submission = { output };
    if (this.effect.kind === 'task') this.effect.request.onSubmitted(output);
  }

  /** Does what was journalled: sets the timer, or makes the call. */
  begin(world: Surroundings, resumed: boolean, deliver: Deliver): void {
    const complete = (outcome: Outcome): void =>
      void deliver({ type: 'completed', key: this.key, outcome }).catch(() => undefined);
    if (this.effect.kind === 'timer') {
      this.releases.push(world.clock.schedule(this.effect.deadline, () => complete({ output: null })));
      return;
    }
    const { request } = this.effect;
    this.watchTime(world.clock, request, complete);
    const waitsForToken = request.pattern === 'waitForTaskToken';
    if (waitsForToken) {
      world.expectToken(request.token, request.key);
      this.releases.push(() => world.forgetToken(request.token));
      if (this.submission) return;
    }
    void this.call(world, request, resumed, deliver).then(
      (output) => {
        if (waitsForToken) void deliver({ type: 'submitted', key: this.key, output }).catch(() => undefined);
        else complete({ output });
      },
      (error: unknown) => {
        if (error instanceof OutcomeUnknown) world.setAside(error);
        else complete(outcomeOf(error));
      },
    );
  }

  heartbeat(): void {
    this.restartHeartbeat?.();
  }

  /** Nobody waits any more. */
  end(reason: 'ended' | 'closing'): void {
    for (const release of this.releases.splice(0)) release();
    this.restartHeartbeat = undefined;
    this.abort.abort(reason);
  }

  private async call(
    world: Surroundings,
    request: TaskRequest,
    resumed: boolean,
    deliver: Deliver,
  ): Promise<Json> {
    const { onSubmitted, heartbeatMs, source, ...visible } = request;
    const answer = await world.run({
      ...visible,
      executionName: this.branch.execution.name,
      iteration: this.branch.iteration,
      resumed,
      ...(this.submission ? { submission: this.submission.output } : {}),
      signal: this.abort.signal,
      submitted: async (output) => {
        if (!this.submission) await deliver({ type: 'submitted', key: this.key, output });
      },
      heartbeat: () => this.heartbeat(),
    });
    // What the branches see must be exactly what the journal can give again.
    const output = answer === undefined ? null : (JSON.parse(JSON.stringify(answer)) as Json);
    if (exceedsPayload(output)) throw new TaskError('States.DataLimitExceeded', dataLimitExceeded(source));
    return output;
  }

  private watchTime(clock: Clock, request: TaskRequest, complete: (outcome: Outcome) => void): void {
    const timeOut = (timedOut: 'TimeoutSeconds' | 'HeartbeatSeconds') => (): void =>
      complete({ error: 'States.Timeout', timedOut });
    if (request.deadline !== undefined) {
      this.releases.push(clock.schedule(request.deadline, timeOut('TimeoutSeconds')));
    }
    const { heartbeatMs } = request;
    if (heartbeatMs === undefined) return;
    let cancel = clock.schedule(clock.now() + heartbeatMs, timeOut('HeartbeatSeconds'));
    this.restartHeartbeat = () => {
      cancel();
      cancel = clock.schedule(clock.now() + heartbeatMs, timeOut('HeartbeatSeconds'));
    };
    this.releases.push(() => cancel());
  }
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof TaskError) {
    return { error: error.error, ...(error.taskCause === undefined ? {} : { cause: error.taskCause }) };
  }
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { error: name, cause: JSON.stringify({ errorMessage: message, errorType: name }) };
}
