/** State-machine executions. */
export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface ExecutionFacts {
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly error: string | null;
  readonly cause: string | null;
}

export interface Workflow {
  /** Starts the pipeline machine. The same name with the same input again is no error and starts nothing. */
  startPipeline(name: string, input: Readonly<Record<string, unknown>>): Promise<void>;
  /** Asks the execution, its children and their jobs to stop. Stopping what has ended is no error. */
  stop(name: string, error: string, cause: string): Promise<void>;
  describe(name: string): Promise<ExecutionFacts | null>;
}
