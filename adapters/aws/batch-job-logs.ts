/** Reads the logs of a run's jobs where AWS Batch leaves them: in CloudWatch Logs, one stream for each attempt. */
import { CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { JobDirectory, JobFacts } from '#core/ports/job-directory.ts';
import type { AttemptLog, LogFilter, LogReader } from '#core/ports/log-reader.ts';
import { type ClientConfig, clientConfig } from './client-config.ts';
import { asking, nameOf } from './service-failure.ts';

/** Longer logs are cut at the front, at what one request gives: 10,000 lines or 1 MiB. */
const LINES = 10_000;

export const logsClient = (config?: ClientConfig): CloudWatchLogsClient =>
  new CloudWatchLogsClient(clientConfig(config));

/** A job prints its events as JSON into the same stream; here is what it wrote for people. */
const isEvent = (line: string): boolean => line.startsWith('{"type":"');

async function readEnd(client: CloudWatchLogsClient, group: string, stream: string): Promise<string[]> {
  const command = new GetLogEventsCommand({
    logGroupName: group,
    logStreamName: stream,
    startFromHead: false,
    limit: LINES,
  });
  const { events = [] } = await asking('CloudWatch Logs', () => client.send(command));
  return events.flatMap(({ message }) => (message === undefined || isEvent(message) ? [] : [message]));
}

/** The job itself, or the children of an array. */
const leaves = async (jobs: JobDirectory, job: JobFacts): Promise<readonly JobFacts[]> =>
  job.isArray ? jobs.children(job.jobId) : [job];

/** As long as Batch remembers the jobs, which is at least a week after they ended. */
export function batchJobLogs(client: CloudWatchLogsClient, group: string, jobs: JobDirectory): LogReader {
  const readAttempts = async (job: JobFacts, { tail }: LogFilter): Promise<readonly AttemptLog[]> => {
    const { 'forge-phase': phase = '', 'forge-stage': stage = '' } = job.tags;
    const logs: AttemptLog[] = [];
    for (const [position, stream] of job.logStreams.entries()) {
      const lines = stream === null ? null : await readEnd(client, group, stream).catch(unlessMissing);
      if (lines === null) continue;
      const text = (tail === undefined ? lines : lines.slice(Math.max(0, lines.length - tail))).join('\n');
      logs.push({ phase, stage, index: job.index, jobId: job.jobId, attempt: position + 1, text });
    }
    return logs;
  };
  return {
    async read(tenant, run, filter) {
      const own = (await jobs.named(`${run}-`)).filter(
        ({ tags }) =>
          tags['forge-tenant'] === tenant &&
          tags['forge-run'] === run &&
          (filter.phase === undefined || tags['forge-phase'] === filter.phase) &&
          (filter.stage === undefined || tags['forge-stage'] === filter.stage),
      );
      const logs: AttemptLog[] = [];
      for (const job of own) {
        for (const leaf of await leaves(jobs, job)) {
          if (filter.index !== undefined && leaf.index !== filter.index) continue;
          logs.push(...(await readAttempts(leaf, filter)));
        }
      }
      return logs;
    },
  };
}

/** A stream that has been named and not written yet, or whose time to be kept is over. */
function unlessMissing(error: unknown): null {
  if (nameOf(error) === 'ResourceNotFoundException') return null;
  throw error;
}
