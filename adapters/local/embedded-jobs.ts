/** How jobs ended, asked of the job runner of this machine. */
import { isTimedOut, type JobEnd } from '#core/domain/described-job.ts';
import type { JobReader } from '#core/ports/job-reader.ts';
import type { JobDetail } from '#local/jobs/job.ts';
import type { JobRunner } from '#local/jobs/runner-api.ts';

export function embeddedJobs(runner: () => Pick<JobRunner, 'list'>): JobReader {
  return {
    async failedChildren(jobId) {
      const children = runner().list({ parentId: jobId });
      return children.filter(({ status }) => status === 'FAILED').map(endOf);
    },
  };
}

function endOf({ jobId, attempts, statusReason }: JobDetail): JobEnd {
  const last = attempts.at(-1);
  return {
    jobId,
    attempts: attempts.length,
    exitCode: last?.container.exitCode ?? null,
    reason: last?.container.reason ?? last?.statusReason ?? statusReason ?? 'no reason given',
    timedOut: isTimedOut(statusReason, last?.statusReason),
  };
}
