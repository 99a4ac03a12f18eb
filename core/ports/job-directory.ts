/** Jobs of the queue, looked up by whoever is told of one from outside and may not believe what he is told. */

export interface JobFacts {
  /** `<parent>:<index>` for a child of an array. */
  readonly jobId: string;
  /** In the words of AWS Batch. */
  readonly status: string;
  readonly reason: string | null;
  /** Those of its array, for a child. */
  readonly tags: Readonly<Record<string, string>>;
  /** Number within an array job; null outside of one. */
  readonly index: number | null;
  /** True for the parent of an array: it runs nothing itself. */
  readonly isArray: boolean;
  /** Log of each attempt so far, in order; null where an attempt never ran. */
  readonly logStreams: readonly (string | null)[];
}

export interface JobDirectory {
  find(jobId: string): Promise<JobFacts | null>;
  /**
   * Every job that the queue still knows whose name begins like this; arrays as their parent. Executions are named after
   * their run and jobs after their execution: `<run>-` finds those of a run, `<run>-2-` those of its second execution.
   */
  named(prefix: string): Promise<readonly JobFacts[]>;
  /** The children of an array. */
  children(jobId: string): Promise<readonly JobFacts[]>;
  /** Asks a job to end, with its children. Asking one that has ended is no error. */
  terminate(jobId: string, reason: string): Promise<void>;
}
