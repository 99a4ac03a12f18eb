/** What Task states reach on one machine: our functions instead of Lambda, the job runner instead of Batch. */
import jobs from '#contracts/jobs.json' with { type: 'json' };
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { TaskFunction } from '#functions/shared/task-function.ts';
import type { Json } from './asl/json.ts';
import { type TaskCall, TaskError, type TaskHandlers } from './asl/tasks.ts';
import type { JobDetail, JobRequest } from './jobs/job.ts';
import type { JobRunner } from './jobs/runner-api.ts';
import { toStepFunctions } from './jobs/step-functions.ts';

const INVOKE = 'arn:aws:states:::lambda:invoke';
const SUBMIT_JOB = 'arn:aws:states:::batch:submitJob.sync';

/** What a state machine may call: by a name that only its document knows. */
type FunctionsByName = Readonly<Record<string, TaskFunction>>;

/** The jobs queue's limits come from the manifest; a phase without a GPU here runs on the CPU. */
export function taskHandlers(
  functions: FunctionsByName,
  runner: JobRunner,
  leaseSeconds?: number,
): TaskHandlers {
  return {
    run(call) {
      if (call.resource === INVOKE) return invoke(functions, call);
      if (call.resource === SUBMIT_JOB) return submitJob(runner, call, leaseSeconds);
      return Promise.reject(new TaskError('States.Runtime', `Nothing here answers ${call.resource}.`));
    },
  };
}

async function invoke(functions: FunctionsByName, call: TaskCall): Promise<Json> {
  const { FunctionName, Payload } = call.arguments as { FunctionName: string; Payload: Json };
  const handler = functions[FunctionName];
  if (!handler)
    throw new TaskError('Lambda.ResourceNotFoundException', `Function not found: ${FunctionName}`);
  try {
    const answer = await handler(Payload);
    return { ExecutedVersion: '$LATEST', Payload: (answer ?? null) as Json, StatusCode: 200 };
  } catch (error) {
    const { name, message } = error as Error;
    throw new TaskError(name, JSON.stringify({ errorType: name, errorMessage: message, trace: [] }));
  }
}

interface SubmitJobArguments {
  readonly JobName: string;
  readonly JobQueue: string;
  readonly ShareIdentifier: string;
  readonly JobDefinition: string;
  readonly Parameters: { readonly task: string };
  readonly ArrayProperties?: { readonly Size: number };
  readonly Tags: Readonly<Record<string, string>>;
}

/**
 * The request as the runner takes it: the definition's numbers come from contracts/jobs.json.
 *
 * @param lease instead of the one there.
 */
export function jobRequest(
  call: Pick<TaskCall, 'arguments' | 'executionName' | 'key'>,
  lease?: number,
): JobRequest {
  const given = call.arguments as unknown as SubmitJobArguments;
  const phase = given.Tags['forge-phase'] as PhaseSlug;
  const { local, timeoutSeconds, attempts, leaseSeconds } = jobs.phases[phase];
  const command = jobs.command.map((word) => (word === 'Ref::task' ? given.Parameters.task : word));
  return {
    jobName: given.JobName,
    jobQueue: given.JobQueue,
    shareIdentifier: given.ShareIdentifier,
    clientToken: `${call.executionName}/${call.key}`,
    jobDefinition: {
      name: given.JobDefinition,
      ...local,
      command,
      timeout: { attemptDurationSeconds: timeoutSeconds },
      leaseSeconds: lease ?? leaseSeconds,
      retryStrategy: {
        attempts,
        evaluateOnExit: jobs.evaluateOnExit as NonNullable<JobRequest['retryStrategy']>['evaluateOnExit'] &
          object,
      },
    },
    tags: given.Tags,
    ...(given.ArrayProperties ? { arrayProperties: { size: given.ArrayProperties.Size } } : {}),
  };
}

async function submitJob(runner: JobRunner, call: TaskCall, leaseSeconds?: number): Promise<Json> {
  const jobId =
    (call.submission as { JobId?: string } | undefined)?.JobId ??
    (await submitOnce(runner, call, leaseSeconds));
  const stop = () => {
    // When only this process goes away the job runs on; the next start adopts it.
    if (call.signal.reason === 'ended') runner.terminate(jobId, 'Stopped by its state machine');
  };
  if (call.signal.aborted) stop();
  else call.signal.addEventListener('abort', stop, { once: true });
  const ended = await runner.waitFor(jobId).finally(() => call.signal.removeEventListener('abort', stop));
  const described = toStepFunctions(lean(ended)) as Json;
  if (ended.status === 'SUCCEEDED') return described;
  throw new TaskError('States.TaskFailed', JSON.stringify(described));
}

async function submitOnce(runner: JobRunner, call: TaskCall, leaseSeconds?: number): Promise<string> {
  const { jobId, jobName } = runner.submit(jobRequest(call, leaseSeconds));
  await call.submitted({ JobId: jobId, JobName: jobName });
  return jobId;
}

/** The environment is the job's own business and may be long; the state machine's payload stays small without it. */
function lean(job: JobDetail): JobDetail {
  return job.container ? { ...job, container: { ...job.container, environment: [] } } : job;
}
