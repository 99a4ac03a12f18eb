import type { Clock } from './clock.ts';
import type { HistoryEvent } from './history.ts';
import type { FinalStatus, Journal } from './journal.ts';
import type { Json, JsonObject } from './json.ts';
import type { TaskHandlers } from './tasks.ts';

/** Status of an execution in the words of AWS Step Functions. */
export type ExecutionStatus = 'RUNNING' | FinalStatus;

/** Answer of `describe`; dates are ISO-8601. */
export interface ExecutionDescription {
  name: string;
  executionArn: string;
  machineArn: string;
  status: ExecutionStatus;
  input: Json;
  startDate: string;
  stopDate?: string;
  output?: Json;
  error?: string;
  cause?: string;
}

/** What `start` needs. */
export interface StartRequest {
  /** Unique among all executions of the engine: 1 to 80 characters. */
  name: string;
  machineArn: string;
  input: Json;
}

/** What an engine is made of. */
export interface EngineOptions {
  /** State machine ARN -> parsed definition. */
  machines: Record<string, JsonObject>;
  tasks: TaskHandlers;
  journal: Journal;
  /** @default systemClock */
  clock?: Clock;
  /** Uniform numbers in [0, 1); read once per execution, for its seed. @default Math.random */
  random?: () => number;
  /** Told after the journal: once when an execution starts and once when it closes. Must not throw. */
  onStatusChange?: (execution: ExecutionDescription) => void;
  /** Told when an execution had to be set aside because the journal refused an entry; `resumeAll()` takes it up again. */
  onFault?: (name: string, error: unknown) => void;
  /** Account and region used in execution ARNs. @default region 'local', account '000000000000' */
  location?: { region: string; account: string };
  /** RoleArn shown in the context object. @default `arn:aws:iam::<account>:role/embedded` */
  roleArn?: string;
  /** Who answers `states:startExecution`: the engine itself, or `tasks` like any other resource. @default 'engine' */
  childExecutions?: 'engine' | 'tasks';
}

/** Runs state machines; every method that changes something is durable when it resolves. */
export interface Engine {
  /** Starts an execution. The same name, machine and input again gives the running or closed one; anything else under that name is refused. */
  start(request: StartRequest): Promise<ExecutionDescription>;
  /** Ends a running execution with status ABORTED; does nothing to a closed one. */
  stop(name: string, error?: string, cause?: string): Promise<void>;
  describe(name: string): Promise<ExecutionDescription>;
  /** AWS-shaped events in order. */
  history(name: string): Promise<HistoryEvent[]>;
  /** Goes on with every open execution of the journal. Answers their names. */
  resumeAll(): Promise<string[]>;
  /** Resolves when the execution is closed. */
  waitFor(name: string): Promise<ExecutionDescription>;
  /** Answers a `.waitForTaskToken` task. Rejects with TaskTimedOut when nobody waits for that token. */
  sendTaskSuccess(token: string, output: Json): Promise<void>;
  sendTaskFailure(token: string, error?: string, cause?: string): Promise<void>;
  sendTaskHeartbeat(token: string): Promise<void>;
  /** Lets go of everything without ending executions: timers off, signals fired, the journal stays as it is. */
  close(): void;
}

/** A request that the engine refuses; `code` is AWS's name for the reason. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
