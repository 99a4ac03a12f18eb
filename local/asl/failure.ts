import type { JsonObject } from './json.ts';

/** Where an expression stood, for the event EvaluationFailed. */
export interface EvaluationSite {
  state: string;
  location?: string;
}

interface FailureDetails {
  /** Set for errors that `States.HeartbeatTimeout` matches too. */
  heartbeat?: boolean;
  /** Only a matcher that names the error itself may catch it. */
  explicitOnly?: boolean;
  evaluation?: EvaluationSite;
}

/** A state failed in a way that the definition can see. */
export class StateFailure extends Error {
  override readonly name = 'StateFailure';
  readonly error: string | undefined;
  readonly failureCause: string | undefined;
  readonly details: FailureDetails;

  constructor(error: string | undefined, cause: string | undefined, details: FailureDetails = {}) {
    super(`${error ?? 'no error name'}: ${cause ?? 'no cause'}`);
    this.error = error;
    this.failureCause = cause;
    this.details = details;
  }

  /** `$states.errorOutput`: both fields always exist. */
  toErrorOutput(): JsonObject {
    return { Error: this.error ?? null, Cause: this.failureCause ?? null };
  }
}

/** The execution must end now, whatever Retry and Catch say. */
export class FatalFailure extends Error {
  override readonly name = 'FatalFailure';
  readonly error: string;

  constructor(error: string, message: string) {
    super(message);
    this.error = error;
  }
}

/** Prefix of every cause that AWS writes itself. */
export function whileExecuting(state: string, enteredEventId: number, sentence: string): string {
  return `An error occurred while executing the state '${state}' (entered at the event id #${enteredEventId}). ${sentence}`;
}

/** A result that is larger than a state may hand on; `source` is the state or the integrated service. */
export function dataLimitExceeded(source: string): string {
  return `The state/task '${source}' returned a result with a size exceeding the maximum number of bytes service limit.`;
}
