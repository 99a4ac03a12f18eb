import type { Json } from './json.ts';

/** How a Task state waits for its answer, from the suffix of `Resource`. */
export type IntegrationPattern = 'requestResponse' | 'sync' | 'waitForTaskToken';

/** One call of a Task state, handed to the outside world. */
export interface TaskCall {
  /** `Resource` as written, for example `arn:aws:states:::batch:submitJob.sync`. */
  resource: string;
  /** Evaluated `Arguments`; the state's input where the state has none. */
  arguments: Json;
  pattern: IntegrationPattern;
  /** Same value for the same attempt after every restart: pass it on as idempotency key or job name. */
  key: string;
  /** Value of `$states.context.Task.Token`. */
  token: string;
  executionName: string;
  stateName: string;
  /** 0 for the first attempt, then the number of the retry. */
  attempt: number;
  /** Path of Map iterations around the state, for example `Outer[2]/Inner[0]`; empty outside of Maps. */
  iteration: string;
  /** Evaluated `Credentials`, where the state has them. */
  credentials?: Json;
  /** Absolute, milliseconds since 1970: the state's TimeoutSeconds. */
  deadline?: number;
  /** True when the call was journalled before a restart: adopt what is running, or invoke again with the same key. */
  resumed: boolean;
  /** What `submitted` was told before the restart. */
  submission?: Json;
  /**
   * Fires when nobody waits any more. `signal.reason` is `'ended'` when the work is no longer wanted (stopped, timed
   * out, a sibling branch failed) and `'closing'` when only this process goes away: leave the work running then.
   */
  signal: AbortSignal;
  /** `.sync` only: reports the immediate answer (job id); resolves when it is durable, rejects when nobody waits. */
  submitted(output: Json): Promise<void>;
  /** Restarts the clock of HeartbeatSeconds. */
  heartbeat(): void;
}

/** The outside world of the engine: Lambda, Batch, EventBridge, ... */
export interface TaskHandlers {
  /**
   * Does the work and answers with the output that AWS would give for that resource.
   * `sync`: answers when the job is done. `waitForTaskToken`: answers when the request is sent; the engine then
   * waits for `sendTaskSuccess` or `sendTaskFailure`.
   * Rejects with `TaskError` to choose the error name that `Retry` and `Catch` see; any other error is reported
   * as Lambda reports an exception: its name, and a JSON cause with errorType and errorMessage. `OutcomeUnknown` sets
   * the execution aside instead.
   */
  run(call: TaskCall): Promise<Json>;
}

/** A failure with a name that `Retry` and `Catch` can match, for example `Lambda.TooManyRequestsException`. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
  readonly error: string;
  readonly taskCause: string | undefined;

  constructor(error: string, cause?: string) {
    super(cause === undefined ? error : `${error}: ${cause}`);
    this.error = error;
    this.taskCause = cause;
  }
}

/**
 * A handler cannot tell how the work ended, for example because its own store failed. The execution is set aside,
 * neither failed nor finished: `resumeAll()` makes the same call again.
 */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';

  constructor(what: string, cause: unknown) {
    super(`The outcome of ${what} is not known: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}
