/** A run whose execution was stopped ends once none of its jobs is at work, and not before. */
import { cancelRun } from '#core/application/commands/cancel-run.ts';
import { settleRun } from '#core/application/commands/settle-run.ts';
import type { JobDirectory, JobFacts } from '#core/ports/job-directory.ts';
import { ADMIN, type MemoryPorts, memoryPorts } from '#test/support/memory-ports.ts';
import { startedRun } from '#test/support/toy-run.ts';

let ports: MemoryPorts;
let jobs: Record<string, JobFacts>;
let terminated: [string, string][];
let asked: string[];

const directory: JobDirectory = {
  find: async (id) => jobs[id] ?? null,
  children: async () => [],
  named: async (prefix) => {
    asked.push(prefix);
    return Object.values(jobs);
  },
  terminate: async (id, reason) => {
    terminated.push([id, reason]);
  },
};

const job = (jobId: string, run: string, status: string, tenant = ADMIN.tenant): JobFacts => ({
  jobId,
  status,
  reason: null,
  tags: { 'forge-tenant': tenant, 'forge-run': run, 'forge-phase': 'cognate', 'forge-stage': 'base' },
  index: null,
  isArray: false,
  logStreams: [],
});

beforeEach(() => {
  ports = memoryPorts();
  [jobs, terminated, asked] = [{}, [], []];
});

const settle = (runId: string, status: 'ABORTED' | 'SUCCEEDED' | 'FAILED', execution = `${runId}-1`) => {
  const end = { tenant: ADMIN.tenant, runId, execution, status, error: 'cancelled', cause: 'by admin' };
  return settleRun({ ...ports, jobDirectory: directory }, ADMIN, end);
};

test('jobs at work are asked to end, and the run ends when they have', async () => {
  const { id } = await startedRun(ports);
  await cancelRun(ports, ADMIN, id);
  jobs = { a: job('a', id, 'RUNNING'), b: job('b', id, 'SUCCEEDED'), c: job('c', id, 'RUNNABLE') };
  expect(await settle(id, 'ABORTED')).toEqual({ settled: false, openJobs: 2 });
  expect(terminated.map(([jobId]) => jobId)).toEqual(['a', 'c']);
  expect(terminated[0]?.[1]).toContain('cancelled');
  expect((await ports.runs.get(ADMIN.tenant, id))?.status).toBe('cancelling');
  jobs = { a: job('a', id, 'FAILED') };
  expect(await settle(id, 'ABORTED')).toEqual({ settled: true, openJobs: 0 });
  expect((await ports.runs.get(ADMIN.tenant, id))?.status).toBe('cancelled');
});

test('only jobs of the execution that has ended are looked at, and none of another tenant', async () => {
  const { id } = await startedRun(ports);
  jobs = { x: job('x', id, 'RUNNING', 'other'), y: job('y', 'OTHER', 'RUNNING') };
  expect(await settle(id, 'FAILED')).toEqual({ settled: true, openJobs: 0 });
  expect([asked, terminated]).toEqual([[`${id}-1-`], []]);
});

test('an execution that ended well, and one that a later one took over from, settle nothing', async () => {
  const { id } = await startedRun(ports);
  expect(await settle(id, 'SUCCEEDED')).toEqual({ settled: false, openJobs: 0 });
  await settle(id, 'FAILED', `${id}-0`);
  expect((await ports.runs.get(ADMIN.tenant, id))?.status).toBe('running');
});
