/** Failures that a person sees, and the exit codes of contracts/errors.json. */

import { types } from 'node:util';
import table from '#contracts/errors.json' with { type: 'json' };
import type { DocumentProblem } from '#contracts/source/problems.ts';

export type ErrorKind = keyof typeof table.kinds;

export const EXIT_INTERRUPTED = 130;

/** A problem of a document, with the place in the file where it stands. */
export interface PlacedProblem extends DocumentProblem {
  /** `file:line:col` */
  readonly place?: string;
}

export interface ErrorFacts {
  readonly code?: string | undefined;
  /** What to do next, one sentence. */
  readonly hint?: string | undefined;
  readonly problems?: readonly PlacedProblem[];
  /** The server's id of the request, for its log. */
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
}

export class CliError extends Error {
  override readonly name = 'CliError';
  readonly kind: ErrorKind;
  readonly code: string;
  readonly hint: string | undefined;
  readonly problems: readonly PlacedProblem[];
  readonly requestId: string | undefined;

  constructor(kind: ErrorKind, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.kind = kind;
    this.code = facts.code ?? kind;
    this.hint = facts.hint;
    this.problems = facts.problems ?? [];
    this.requestId = facts.requestId;
  }
}

/** Ctrl-C. What was started on the server goes on, unless the command says that it waits. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  /** The command that takes up where this one was left, when there is one. */
  readonly reattach: string | undefined;
  readonly left: 'goes on' | 'is paused';

  constructor(reattach?: string, left: Interrupted['left'] = 'goes on') {
    super('interrupted');
    this.reattach = reattach;
    this.left = left;
  }
}

/** Also errors of another realm, such as those of `fetch` under a test runner. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}

/** What a thrown value says. */
export function messageOf(thrown: unknown): string {
  return isError(thrown) ? thrown.message : String(thrown);
}

export function isErrorKind(value: unknown): value is ErrorKind {
  return typeof value === 'string' && Object.hasOwn(table.kinds, value);
}

/** The kind behind an HTTP status, for answers that carry no problem document. */
export function kindOfStatus(status: number): ErrorKind {
  const found = Object.entries(table.kinds).find(([, facts]) => facts.http === status);
  if (found) return found[0] as ErrorKind;
  return status >= 500 ? 'dependency' : 'malformed';
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return EXIT_INTERRUPTED;
  return error instanceof CliError ? table.kinds[error.kind].cli : table.kinds.bug.cli;
}
