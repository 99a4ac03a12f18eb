/** Every run gets its end once its jobs have ended, whatever ended its execution. */
import type { JobDetail } from '#local/jobs/job.ts';
import type { JobRunner } from '#local/jobs/runner-api.ts';
import { settlement } from '#local/settlement.ts';

let faults: [string, unknown][];
const onFault = (what: string, error: unknown) => {
  faults.push([what, error]);
};

beforeEach(() => {
  faults = [];
});

describe('an execution that has ended', () => {
  const end = { tenant: 'default', runId: 'R', execution: 'R-1', error: 'cancelled', cause: 'by admin' };
  const job = (jobId: string, run: string) =>
    ({
      jobId,
      tags: { 'forge-tenant': 'default', 'forge-run': run, 'forge-phase': 'cognate', 'forge-stage': 'base' },
    }) as unknown as JobDetail;

  function world(finish: (event: unknown) => Promise<unknown>) {
    const waited: string[] = [];
    const hurried: unknown[] = [];
    const runner = {
      terminate: (...request: unknown[]) => {
        hurried.push(request);
      },
      list: () => [job('own', 'R'), job('other', 'X')],
      waitFor: async (jobId: string) => {
        waited.push(jobId);
      },
    } as unknown as JobRunner;
    return { waited, hurried, settle: settlement(runner, { 'finish-run': finish }, onFault) };
  }

  it('finishes its run with its words, after the jobs of the run', async () => {
    const finished: unknown[] = [];
    const { waited, settle: act } = world(async (event) => {
      finished.push([waited.join(), event]);
    });
    await act({ ...end, status: 'ABORTED' });
    const { status: _status, ...ids } = { ...end, status: '' };
    expect(finished).toEqual([['own', { ...ids, outcome: 'ABORTED' }]]);
  });

  it.each([
    ['cancelled', [['own', 'Cancelled on request', 5_000]]],
    ['paused', []],
  ])('because it was %s leaves its jobs as much time as they need for that', async (error, expected) => {
    const { hurried, settle: act } = world(async () => undefined);
    await act({ ...end, error, status: 'ABORTED' });
    expect(hurried).toEqual(expected);
  });

  it('well, or not at all, needs no settling', async () => {
    const { waited, settle: act } = world(() => Promise.reject(new Error('must not be called')));
    await act({ ...end, status: 'SUCCEEDED' });
    await act({ ...end, status: 'RUNNING' });
    expect([waited, faults]).toEqual([[], []]);
  });

  it('is reported when its run cannot be finished', async () => {
    const { settle: act } = world(() => Promise.reject(new Error('the disk is full')));
    await act({ ...end, status: 'FAILED' });
    expect(faults).toEqual([['settling R-1', new Error('the disk is full')]]);
  });
});
