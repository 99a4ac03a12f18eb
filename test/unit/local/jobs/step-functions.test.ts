import { describeJob } from '#local/jobs/describe.ts';
import { createRecords, newAttempt } from '#local/jobs/records.ts';
import { toStepFunctions } from '#local/jobs/step-functions.ts';
import { failedArray, failedJob, SOURCES } from '#test/support/batch-causes.ts';

const [parent, child] = createRecords(
  {
    jobName: 'toy',
    jobQueue: 'queue',
    shareIdentifier: 'default',
    jobDefinition: { name: 'toy:1', vcpus: 2, memoryMiB: 64, gpus: 1 },
    containerOverrides: { command: ['run'], environment: [{ name: 'lower', value: 'x' }] },
    arrayProperties: { size: 2 },
    retryStrategy: { attempts: 2, evaluateOnExit: [{ onExitCode: '75', action: 'RETRY' }] },
    tags: { runId: '01J' },
  },
  { jobId: 'id', sequence: 1, at: 1000 },
);

/** Paths of all members, without those whose keys belong to the user. */
function membersOf(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => membersOf(item, `${path}[]`));
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const member = path === '' ? key : `${path}.${key}`;
    return [member, ...(['Tags', 'Parameters'].includes(key) ? [] : membersOf(inner, member))];
  });
}

/** Whose own members nobody reads here. */
const WHOLE = /^(RetryStrategy|Timeout|DependsOn|Container\.\w+|ArrayProperties\.StatusSummary)[.[]/;

describe('the output of batch:submitJob.sync', () => {
  it('is the described job with its keys, but not the keys of tags, in PascalCase', () => {
    expect(toStepFunctions(describeJob(parent))).toEqual({
      JobId: 'id',
      JobName: 'toy',
      JobQueue: 'queue',
      JobDefinition: 'toy:1',
      ShareIdentifier: 'default',
      Status: 'SUBMITTED',
      Attempts: [],
      Container: {
        Command: ['run'],
        Environment: [{ Name: 'lower', Value: 'x' }],
        ResourceRequirements: [
          { Type: 'VCPU', Value: '2' },
          { Type: 'MEMORY', Value: '64' },
          { Type: 'GPU', Value: '1' },
        ],
      },
      ArrayProperties: {
        Size: 2,
        StatusSummary: {
          SUBMITTED: 2,
          PENDING: 0,
          RUNNABLE: 0,
          STARTING: 0,
          RUNNING: 0,
          SUCCEEDED: 0,
          FAILED: 0,
        },
      },
      DependsOn: [],
      RetryStrategy: { Attempts: 2, EvaluateOnExit: [{ OnExitCode: '75', Action: 'RETRY' }] },
      Tags: { runId: '01J' },
      IsCancelled: false,
      IsTerminated: false,
      CreatedAt: 1000,
    });
  });

  it('has no member, and the causes of the tests none either, that no page of the documentation names', () => {
    const ended = {
      ...newAttempt(1, []),
      stoppedAt: 3,
      startedAt: 2,
      exitCode: 75,
      reason: 'r',
      statusReason: 's',
    };
    const jobs = [parent, { ...(child ?? parent), attempts: [ended], statusReason: 's', stoppedAt: 3 }];
    const documents = [
      ...jobs.map((job) => toStepFunctions(describeJob(job))),
      ...[failedJob({ exitCode: 1, reason: 'r' }), failedArray(3, 1)].map((cause) => JSON.parse(cause)),
    ];
    for (const document of documents) {
      const members = membersOf(document).filter((member) => !WHOLE.test(member));
      expect(members.filter((member) => !(member in SOURCES))).toEqual([]);
    }
  });

  it('tells an attempt that has ended and hides one that has not', () => {
    const ended = { ...newAttempt(1, []), stoppedAt: 3, startedAt: 2, exitCode: 75, statusReason: 'exited' };
    const job = { ...(child ?? parent), attempts: [ended, newAttempt(2, [])] };
    expect(toStepFunctions(describeJob(job))).toMatchObject({
      JobId: 'id:0',
      ArrayProperties: { Size: 2, Index: 0 },
      Attempts: [
        {
          Container: { ExitCode: 75, LogStreamName: 'id:0/attempt-1' },
          StartedAt: 2,
          StoppedAt: 3,
          StatusReason: 'exited',
        },
      ],
      Container: { LogStreamName: 'id:0/attempt-2' },
    });
  });
});
