import type { Template } from './jsonata.ts';

/** Which language a state's strings are in. JSONPath states may use only what needs no path. */
export type QueryLanguage = 'JSONata' | 'JSONPath';

/** One retrier of `Retry`, defaults filled in. */
export interface Retrier {
  errorEquals: string[];
  intervalSeconds: number;
  maxAttempts: number;
  backoffRate: number;
  maxDelaySeconds: number;
  jitter: boolean;
}

/** One catcher of `Catch`. */
export interface Catcher {
  errorEquals: string[];
  next: string;
  output?: Template;
  assign?: Template;
}

interface StateBase {
  name: string;
  /** Undefined on a state that ends its machine or branch. */
  next?: string;
  language: QueryLanguage;
  output?: Template;
  assign?: Template;
}

interface Recoverable {
  retry: Retrier[];
  catch: Catcher[];
}

export interface PassState extends StateBase {
  type: 'Pass';
  /** JSONPath only. */
  result?: Template;
}

export interface TaskState extends StateBase, Recoverable {
  type: 'Task';
  resource: string;
  arguments?: Template;
  credentials?: Template;
  timeoutSeconds?: Template;
  heartbeatSeconds?: Template;
}

export interface ChoiceRule {
  condition: Template;
  next: string;
  output?: Template;
  assign?: Template;
}

export interface ChoiceState extends StateBase {
  type: 'Choice';
  choices: ChoiceRule[];
  fallback?: string;
}

export interface WaitState extends StateBase {
  type: 'Wait';
  until: { field: 'Seconds' | 'Timestamp'; template: Template };
}

export interface SucceedState extends StateBase {
  type: 'Succeed';
}

export interface FailState extends StateBase {
  type: 'Fail';
  error?: Template;
  cause?: Template;
}

export interface ParallelState extends StateBase, Recoverable {
  type: 'Parallel';
  arguments?: Template;
  branches: StateGraph[];
}

export interface ItemReader {
  resource: string;
  arguments?: Template;
  config?: Template;
}

export interface MapState extends StateBase, Recoverable {
  type: 'Map';
  items?: Template;
  itemSelector?: Template;
  itemReader?: ItemReader;
  processor: StateGraph;
  distributed: boolean;
  label: string;
  maxConcurrency?: Template;
  toleratedFailureCount?: Template;
  toleratedFailurePercentage?: Template;
}

export type State =
  | PassState
  | TaskState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;

/** States that run one after the other: a machine, a branch, or the processor of a Map. */
export interface StateGraph {
  startAt: string;
  states: Map<string, State>;
}

/** A checked definition, ready to run. */
export interface Machine extends StateGraph {
  timeoutSeconds?: number;
}
