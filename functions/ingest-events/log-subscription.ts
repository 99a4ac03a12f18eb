/**
 * What CloudWatch Logs sends to a subscriber, base64 and gzip, into lines of the job that printed them.
 *
 * The name of a stream does not say whose it is. Each event line claims its job, and the queue is asked whether the
 * stream belongs to that job: text that a job only repeats, of a corpus or of a message, gets nowhere but into its run.
 */
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import { ForgeError } from '#core/domain/errors.ts';
import { originOfTags } from '#core/domain/job-origin.ts';
import type { JobDirectory } from '#core/ports/job-directory.ts';
import { type EventFunction, eventFunction, requireShape } from '../shared/event-function.ts';

const subscriptionEvent = z.object({ awslogs: z.object({ data: z.base64() }) });
const logData = z.object({
  messageType: z.enum(['DATA_MESSAGE', 'CONTROL_MESSAGE']),
  logStream: z.string().max(600),
  logEvents: z.array(z.object({ id: z.string().min(1).max(100), message: z.string() })),
});

/** CloudWatch sends at most 1 MB, packed; what unpacks to more than this is no log of ours. */
const MAX_BYTES = 64 * 1024 * 1024;
const LINES_PER_CALL = 1000;
const STREAMS_REMEMBERED = 1000;

/** What the ingest function has to know beside the lines. */
type Attempt = Readonly<Record<string, unknown>>;
type Line = { readonly offset: string; readonly text: string };

/** @param ingest the function that takes lines in the form in which the embedded job runner gives them */
export function createLogSubscription(
  ingest: EventFunction,
  jobs: Pick<JobDirectory, 'find'>,
): EventFunction {
  const attemptOf = rememberedAttempts(jobs);
  return eventFunction('ingest-events', subscriptionEvent, async ({ awslogs }) => {
    const data = requireShape(logData, readJson(Buffer.from(awslogs.data, 'base64')));
    const { messageType, logStream, logEvents } = data;
    // Sent once to see whether the subscriber is there.
    if (messageType === 'CONTROL_MESSAGE') return { recorded: 0, ignored: 0 };
    const lines = new Map<string, Line[]>();
    let ignored = 0;
    for (const { id, message } of logEvents) {
      const job = claimedJob(message);
      if (job === null) ignored += 1;
      else lines.set(job, [...(lines.get(job) ?? []), { offset: id, text: message }]);
    }
    return record(ingest, attemptOf, logStream, lines, ignored);
  });
}

/** Everything that is sound is taken first, so that a forged line keeps no other out; then it is told of. */
async function record(
  ingest: EventFunction,
  attemptOf: (jobId: string, stream: string) => Promise<Attempt | null>,
  stream: string,
  linesByJob: ReadonlyMap<string, readonly Line[]>,
  ignored: number,
): Promise<{ readonly recorded: number; readonly ignored: number }> {
  const sum = { recorded: 0, ignored };
  const unknown: string[] = [];
  for (const [jobId, lines] of linesByJob) {
    const attempt = await attemptOf(jobId, stream);
    if (attempt === null) unknown.push(jobId);
    for (let start = 0; attempt !== null && start < lines.length; start += LINES_PER_CALL) {
      const part = { ...attempt, lines: lines.slice(start, start + LINES_PER_CALL) };
      const taken = (await ingest(part)) as typeof sum;
      sum.recorded += taken.recorded;
      sum.ignored += taken.ignored;
    }
  }
  if (unknown.length === 0) return sum;
  throw new ForgeError('dependency', `Stream ${stream} is not known as the log of ${unknown.join(', ')}.`, {
    code: 'stream_of_no_job',
    hint: 'A job that has just started is known soon, and the event comes again; otherwise the line was forged.',
  });
}

function readJson(packed: Uint8Array): unknown {
  try {
    return JSON.parse(gunzipSync(packed, { maxOutputLength: MAX_BYTES }).toString('utf8'));
  } catch (error) {
    throw new ForgeError('validation', `The log data cannot be unpacked: ${String(error)}`, {
      code: 'malformed_log_data',
      hint: 'Expected gzip of JSON, as a subscription of CloudWatch Logs sends it.',
    });
  }
}

/** The job that a line says it is of; null where it is no event line. */
function claimedJob(message: string): string | null {
  if (!message.startsWith('{')) return null;
  try {
    const { job, type } = JSON.parse(message) as { job?: unknown; type?: unknown };
    return typeof job === 'string' && typeof type === 'string' ? job : null;
  } catch {
    return null;
  }
}

/** A stream is of one attempt of one job for ever: the queue is asked once per stream. */
function rememberedAttempts(jobs: Pick<JobDirectory, 'find'>) {
  const known = new Map<string, Attempt>();
  return async (jobId: string, stream: string): Promise<Attempt | null> => {
    const name = `${stream} ${jobId}`;
    const before = known.get(name);
    if (before) return before;
    const job = await jobs.find(jobId);
    const origin = job && originOfTags(job.tags);
    const position = job?.logStreams.indexOf(stream) ?? -1;
    if (!origin || position < 0) return null;
    const attempt = { ...origin, jobId, index: job.index, attempt: position + 1 };
    if (known.size >= STREAMS_REMEMBERED) known.clear();
    known.set(name, attempt);
    return attempt;
  };
}
