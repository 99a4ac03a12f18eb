import type { JobDetail, JobRequest, Resources } from './job.ts';
import type { JobJournal } from './journal.ts';
import type { Launcher } from './launcher.ts';

/** What to execute for one attempt; `env` is the whole environment of the process, nothing is inherited. */
export interface JobCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** Lines that an attempt wrote to standard output, in order, delivered at least once. */
export interface OutputBatch {
  /** `<id>` or `<id>:<index>` for a child of an array. */
  readonly jobId: string;
  readonly index: number | null;
  readonly attempt: number;
  /** Byte offset of the first line in the attempt's output. */
  readonly offset: number;
  /** Without their line ends. */
  readonly lines: readonly string[];
  /** Byte offset of each line; (jobId, attempt, offset) names a line for ever, so a receiver can drop repetitions. */
  readonly offsets: readonly number[];
  readonly nextOffset: number;
}

export interface JobRunnerOptions {
  /** Never exceeded by the sum of running jobs. */
  readonly slots: Resources;
  /** Receives `<jobId>/attempt-<n>.ndjson` (stdout), `.log` (stderr) and the exit record of each attempt. */
  readonly logsDirectory: string;
  readonly journal: JobJournal;
  /** Chooses the process of an attempt; the runner adds the job's environment and AWS Batch's own variables. */
  command(job: JobDetail, attempt: number): JobCommand;
  /** The offset moves only after this resolved; a rejection repeats the batch. */
  onLines(batch: OutputBatch): Promise<void> | void;
  /** Told after each change of status was journalled; a notification like EventBridge's: `describe` is the truth. */
  onStatus(job: JobDetail): void;
  /** Told of errors that stop nothing (a rejected `onLines`, a throwing `onStatus`). @default process.emitWarning */
  onFault?(error: Error): void;
  /** Epoch milliseconds. @default Date.now */
  readonly clock?: () => number;
  /** @default the launcher that spawns a fresh process */
  readonly launcher?: Launcher;
  /** Between SIGTERM and SIGKILL. @default 30000 */
  readonly graceMilliseconds?: number;
  /** How often output, exit and time-outs are looked at. @default 100 */
  readonly pollMilliseconds?: number;
  /** How long the end of an attempt waits for its output to be accepted. @default 10000 */
  readonly outputPatienceMilliseconds?: number;
}

/** The options with every default filled in. */
export type RunnerSettings = Required<JobRunnerOptions>;

export interface JobRunner {
  /** Journals the job and queues it. Throws `ClientException` for a request that Batch would refuse. */
  submit(request: JobRequest): { readonly jobId: string; readonly jobName: string };
  describe(jobId: string): JobDetail | undefined;
  /** Jobs that are not array children, or the children of one array, in order of submission. */
  list(filter?: { readonly parentId?: string }): readonly JobDetail[];
  /**
   * Stops the job (all children of an array); it ends FAILED with this reason and is not retried. Repeating is harmless:
   * the first reason stays, and a shorter time to end in holds from then on.
   */
  terminate(jobId: string, reason: string, graceMilliseconds?: number): void;
  /**
   * What a host that is taken away sends: SIGTERM to the process group of the attempt that runs. The job was not asked to
   * stop, so its retry rules decide what becomes of it. False where no process of it runs.
   */
  interrupt(jobId: string): boolean;
  /** Resolves when the job has ended, at once if it already has; rejects if unknown or if the runner is closed first. */
  waitFor(jobId: string): Promise<JobDetail>;
  /** Call once after a restart: adopts what still runs, finishes what ended meanwhile, queues the rest again. */
  resume(): Promise<void>;
  /** Lets go of everything; running jobs go on and are adopted by the next runner on the same journal. */
  close(): Promise<void>;
}
