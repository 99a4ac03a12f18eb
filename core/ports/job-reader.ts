import type { JobEnd } from '../domain/described-job.ts';

export interface JobReader {
  /** The children of an array job that failed, in order of their index; none for a job that nobody knows. */
  failedChildren(jobId: string): Promise<readonly JobEnd[]>;
}
