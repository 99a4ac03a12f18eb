import { describeJob } from '#local/jobs/describe.ts';
import { createRecords, newAttempt } from '#local/jobs/records.ts';
import { toStepFunctions } from '#local/jobs/step-functions.ts';

const [parent, child] = createRecords(
  {
    jobName: 'toy',
    jobQueue: 'queue',
    jobDefinition: { name: 'toy:1', vcpus: 2, memoryMiB: 64, gpus: 1 },
    containerOverrides: { command: ['run'], environment: [{ name: 'lower', value: 'x' }] },
    arrayProperties: { size: 2 },
    retryStrategy: { attempts: 2, evaluateOnExit: [{ onExitCode: '75', action: 'RETRY' }] },
    tags: { runId: '01J' },
  },
  { jobId: 'id', sequence: 1, at: 1000 },
);

describe('the output of batch:submitJob.sync', () => {
  it('is the described job with its keys, but not the keys of tags, in PascalCase', () => {
    expect(toStepFunctions(describeJob(parent))).toEqual({
      JobId: 'id',
      JobName: 'toy',
      JobQueue: 'queue',
      JobDefinition: 'toy:1',
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
