/** What every verb is given: where to write, whom to ask, when to stop. */
import { type ApiClient, createApiClient } from './client/api-client.ts';
import { CliError, Interrupted } from './errors.ts';
import type { Io } from './io.ts';
import { type Console, createConsole } from './output/console.ts';

export interface GlobalFlags {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
  readonly debug: boolean;
  readonly endpoint?: string;
  /** The most seconds that the command may take. */
  readonly timeout?: string;
}

export interface Context {
  readonly io: Io;
  readonly flags: GlobalFlags;
  readonly console: Console;
  readonly client: ApiClient;
  /** Aborts on Ctrl-C and when `--timeout` is over. */
  readonly signal: AbortSignal;
  /** What an abort means: an interruption or a time-out. @param reattach the command to go on with */
  aborted(reattach?: string): Error;
}

/** Node refuses delays that do not fit 32 bits. */
const LONGEST_TIMEOUT_SECONDS = 2_000_000;

export function secondsOf(text: string): number {
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds > 0 && seconds <= LONGEST_TIMEOUT_SECONDS) return seconds;
  throw new CliError('validation', `--timeout is "${text}"; expected seconds, more than 0.`, {
    hint: 'For example: --timeout 60',
  });
}

export function createContext(io: Io, flags: GlobalFlags): Context {
  const limit =
    flags.timeout === undefined ? null : AbortSignal.timeout(Math.ceil(secondsOf(flags.timeout) * 1000));
  const signal = limit ? AbortSignal.any([io.interrupted, limit]) : io.interrupted;
  const aborted = (reattach?: string): Error => {
    if (io.interrupted.aborted) return new Interrupted(reattach);
    return new CliError('timeout', `The command did not end within ${flags.timeout} s.`, {
      hint: reattach
        ? `What runs on the server goes on. Go on watching: ${reattach}`
        : 'Give --timeout more seconds.',
    });
  };
  const console = createConsole(io, flags);
  return { io, flags, console, signal, aborted, client: createApiClient({ io, flags, signal, aborted }) };
}
