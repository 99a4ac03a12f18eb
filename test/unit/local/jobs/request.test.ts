import type { JobRequest } from '#local/jobs/job.ts';
import { createRecords } from '#local/jobs/records.ts';
import { checkRequest, hashRequest } from '#local/jobs/request.ts';

const DEFINITION = { name: 'toy', vcpus: 1, memoryMiB: 64 };
const request = (change: Partial<JobRequest> = {}): JobRequest => ({
  jobName: 'toy',
  jobQueue: 'queue',
  jobDefinition: DEFINITION,
  ...change,
});
const rule = { onExitCode: '1', action: 'EXIT' } as const;

describe('a submission', () => {
  it.each<[string, Partial<JobRequest>, string]>([
    ['a blank in its name', { jobName: 'a b' }, 'jobName must start with a letter or digit'],
    ['a path as its name', { jobName: '../x' }, 'received "../x"'],
    ['a share that is no word', { shareIdentifier: 'a-b' }, 'letters and digits; received "a-b"'],
    ['no queue', { jobQueue: '' }, 'jobQueue must be given'],
    [
      'an array of one',
      { arrayProperties: { size: 1 } },
      'Array job size must be between 2 and 10000; received 1',
    ],
    ['an array of 10001', { arrayProperties: { size: 10_001 } }, 'between 2 and 10000; received 10001'],
    ['an array of 2.5', { arrayProperties: { size: 2.5 } }, 'between 2 and 10000; received 2.5'],
    ['no attempts', { retryStrategy: { attempts: 0 } }, 'attempts must be between 1 and 10; received 0'],
    ['eleven attempts', { retryStrategy: { attempts: 11 } }, 'between 1 and 10; received 11'],
    [
      'six rules',
      { retryStrategy: { attempts: 2, evaluateOnExit: Array(6).fill(rule) } },
      'at most 5 rules; received 6',
    ],
    [
      'an empty rule',
      { retryStrategy: { attempts: 2, evaluateOnExit: [{ action: 'EXIT' }] } },
      'needs onReason',
    ],
    [
      'a star inside a pattern',
      { retryStrategy: { attempts: 2, evaluateOnExit: [{ onReason: 'a*b', action: 'EXIT' }] } },
      'a * only at its end; received "a*b"',
    ],
    ['a time-out of nothing', { timeout: { attemptDurationSeconds: 0 } }, 'a positive number; received 0'],
    [
      'an endless time-out',
      { timeout: { attemptDurationSeconds: Number.POSITIVE_INFINITY } },
      'received Infinity',
    ],
    ['no CPU', { jobDefinition: { ...DEFINITION, vcpus: 0 } }, 'vcpus > 0'],
    ['half a MiB', { jobDefinition: { ...DEFINITION, memoryMiB: 0.5 } }, 'memoryMiB a positive integer'],
    [
      'GPUs that are no number',
      { containerOverrides: { resourceRequirements: [{ type: 'GPU', value: 'two' }] } },
      'gpus an integer >= 0',
    ],
    ['21 dependencies', { dependsOn: Array(21).fill({ jobId: 'a' }) }, 'at most 20 jobs; received 21'],
    ['a dependency on nothing', { dependsOn: [{}] }, 'needs type SEQUENTIAL and an array job'],
    ['SEQUENTIAL without an array', { dependsOn: [{ type: 'SEQUENTIAL' }] }, 'and an array job'],
    ['N_TO_N without an array', { dependsOn: [{ jobId: 'a', type: 'N_TO_N' }] }, 'N_TO_N needs an array job'],
  ])('with %s is refused', (_, change, message) => {
    const check = () => checkRequest(request(change));
    expect(check).toThrow(message);
    expect(check).toThrow(expect.objectContaining({ name: 'ClientException' }));
  });

  it.each([2, 10_000])('of an array of %i passes', (size) => {
    expect(() => checkRequest(request({ arrayProperties: { size } }))).not.toThrow();
  });

  it('has one hash whatever the order of its keys, and another if a value differs', () => {
    const reordered = {
      jobDefinition: { memoryMiB: 64, vcpus: 1, name: 'toy' },
      jobQueue: 'queue',
      jobName: 'toy',
    };
    expect(hashRequest(reordered)).toBe(hashRequest(request()));
    expect(hashRequest(request({ jobName: 'other' }))).not.toBe(hashRequest(request()));
    const swapped = [{ command: ['a', 'b'] }, { command: ['b', 'a'] }];
    const hashes = swapped.map((containerOverrides) => hashRequest(request({ containerOverrides })));
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  it('overrides what the definition says', () => {
    const [record] = createRecords(
      request({
        jobDefinition: {
          ...DEFINITION,
          command: ['old'],
          timeout: { attemptDurationSeconds: 5 },
          retryStrategy: { attempts: 2 },
        },
        containerOverrides: {
          command: ['new'],
          resourceRequirements: [
            { type: 'VCPU', value: '0.5' },
            { type: 'MEMORY', value: '128' },
            { type: 'GPU', value: '1' },
          ],
        },
        timeout: { attemptDurationSeconds: 9 },
        retryStrategy: { attempts: 4 },
      }),
      { jobId: 'id', sequence: 1, at: 0 },
    );
    expect(record).toMatchObject({
      command: ['new'],
      resources: { vcpus: 0.5, memoryMiB: 128, gpus: 1 },
      timeoutSeconds: 9,
      retry: { attempts: 4 },
    });
  });
});
