/** One error class. Its kind decides HTTP status, exit code and CLI code through contracts/errors.json. */
import table from '#contracts/errors.json' with { type: 'json' };

export type ErrorKind = keyof typeof table.kinds;

/** One thing that is wrong with an input, addressed by a JSON pointer. */
export interface Problem {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
  readonly expected?: string;
  readonly got?: string;
  readonly suggestion?: string;
}

export interface ErrorDetail {
  /** Machine-readable cause, finer than the kind. @default the kind */
  readonly code?: string;
  /** What to do next, one sentence. */
  readonly hint?: string;
  readonly problems?: readonly Problem[];
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** Every failure that a person may see. */
export class ForgeError extends Error {
  override readonly name = 'ForgeError';
  readonly kind: ErrorKind;
  readonly code: string;
  readonly hint: string | undefined;
  readonly problems: readonly Problem[];
  readonly retryAfterSeconds: number | undefined;

  constructor(kind: ErrorKind, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.kind = kind;
    this.code = detail.code ?? kind;
    this.hint = detail.hint;
    this.problems = detail.problems ?? [];
    this.retryAfterSeconds = detail.retryAfterSeconds;
  }

  get facts(): (typeof table.kinds)[ErrorKind] {
    return table.kinds[this.kind];
  }
}

export function isErrorKind(value: unknown): value is ErrorKind {
  return typeof value === 'string' && Object.hasOwn(table.kinds, value);
}

/**
 * The kind that a container's exit code stands for; what is not in the table is a bug.
 *
 * 143 is death by SIGTERM. Whoever asked for it looks at the run first; nobody having asked, a host took the job back.
 * 142 is death by SIGALRM, by which a job ends itself that made no progress for its whole lease.
 */
export function kindOfExit(exitCode: number): ErrorKind {
  if (exitCode === table.kinds.cancelled.exit) return 'preempted';
  if (exitCode === 142) return 'lost';
  const found = Object.entries(table.kinds).find(([, facts]) => facts.exit === exitCode && facts.exit > 1);
  return found ? (found[0] as ErrorKind) : 'bug';
}

/** Keeps a ForgeError as it is and calls everything else a bug. */
export function toForgeError(error: unknown): ForgeError {
  if (error instanceof ForgeError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ForgeError('bug', message, {
    cause: error,
    hint: 'Please report this with the log of the run.',
  });
}
