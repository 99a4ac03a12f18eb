import { join } from 'node:path';

/** Where one attempt leaves its traces; also what AWS calls the log stream. */
export interface AttemptFiles {
  readonly directory: string;
  /** Standard output: JSON lines. */
  readonly stdout: string;
  /** Standard error: free text. */
  readonly stderr: string;
  readonly exit: string;
}

export const logStreamName = (jobId: string, attempt: number): string => `${jobId}/attempt-${attempt}`;

export function attemptFiles(logsDirectory: string, jobId: string, attempt: number): AttemptFiles {
  const stem = join(logsDirectory, logStreamName(jobId, attempt));
  return {
    directory: join(logsDirectory, jobId),
    stdout: `${stem}.ndjson`,
    stderr: `${stem}.log`,
    exit: `${stem}.exit.json`,
  };
}

/** One claim per launch: a launch that was given up can never start late, and the next one has its own claim. */
export const claimPath = (logsDirectory: string, jobId: string, attempt: number, launch: number): string =>
  join(logsDirectory, `${logStreamName(jobId, attempt)}.launch-${launch}.claim`);
