import type { Json, JsonObject } from './json.ts';

/** How a task, timer or child execution ended. A missing error or cause was really absent. */
export type Outcome =
  | { output: Json }
  | { error?: string; cause?: string; timedOut?: 'TimeoutSeconds' | 'HeartbeatSeconds' };

/** How an execution ended, in the words of AWS Step Functions. */
export type FinalStatus = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** First entry of every execution. It carries the definition, so that a running execution keeps its version. */
export interface StartedEntry {
  type: 'started';
  machineArn: string;
  definition: JsonObject;
  input: Json;
  /** Source of every random number, uuid and task token of this execution. */
  seed: string;
  /** Set on a child execution: who waits for it. */
  parent?: { execution: string; key: string };
}

/** Durable before the effect happens: a task is about to be called, or a timer to be set. */
export interface ScheduledEntry {
  type: 'scheduled';
  key: string;
  kind: 'task' | 'timer';
  /** Absolute, in milliseconds since 1970. Present on timers and on tasks with a time limit. */
  deadline?: number;
}

/** The immediate answer of a `.sync` or `.waitForTaskToken` call, for example the id of a submitted job. */
export interface SubmittedEntry {
  type: 'submitted';
  key: string;
  output: Json;
}

/** A task or timer ended. Durable before the state machine goes on. */
export interface CompletedEntry {
  type: 'completed';
  key: string;
  outcome: Outcome;
}

/** Somebody asked the execution to stop, or its own `TimeoutSeconds` passed (`timedOut`). */
export interface StopEntry {
  type: 'stop';
  error?: string;
  cause?: string;
  timedOut?: boolean;
}

/** Last entry: the execution is closed. */
export interface FinishedEntry {
  type: 'finished';
  status: FinalStatus;
  output?: Json;
  error?: string;
  cause?: string;
}

/** Everything that an execution cannot compute again by itself. */
export type JournalFact =
  | StartedEntry
  | ScheduledEntry
  | SubmittedEntry
  | CompletedEntry
  | StopEntry
  | FinishedEntry;

/**
 * One line of an execution's journal: plain JSON, to be stored as text.
 * `seq` counts 0, 1, 2, ... within the execution; `at` never goes back (milliseconds since 1970).
 */
export type JournalEntry = JournalFact & { seq: number; at: number };

/**
 * Durable memory of the engine. Executions are replayed from it after a crash, so `append` must not resolve
 * before the entry would survive `kill -9`.
 */
export interface Journal {
  /** All entries of one execution in the order of `seq`; empty when the execution is unknown. */
  load(executionName: string): Promise<JournalEntry[]>;
  /** Stores one entry. Rejects with `JournalConflict` when that `seq` is already taken: another engine owns the execution. */
  append(executionName: string, entry: JournalEntry): Promise<void>;
  /** Names of executions that have entries but no `finished` entry, oldest first. */
  listOpen(): Promise<string[]>;
}

/** Two writers for one execution: the later one must stand back. */
export class JournalConflict extends Error {
  override readonly name = 'JournalConflict';

  constructor(executionName: string, seq: number) {
    super(
      `Entry ${seq} of execution '${executionName}' exists already. Expected to be the only writer; ` +
        'another engine works on this journal: stop one of the two and call resumeAll() again.',
    );
  }
}
