/** What a crash or a lost message left half done is finished, for every tenant, as often as somebody looks. */
import { type ExecutionEnd, reconcileRuns } from '#core/application/commands/reconcile-runs.ts';
import { ADMIN, type MemoryPorts, memoryPorts } from '#test/support/memory-ports.ts';
import { startedRun, submittedRun } from '#test/support/toy-run.ts';

let ports: MemoryPorts;
let settled: ExecutionEnd[];
let faults: [string, unknown][];
const settle = async (end: ExecutionEnd) => {
  settled.push(end);
};
const onFault = (what: string, error: unknown) => {
  faults.push([what, error]);
};
const reconcile = () => reconcileRuns(ports, settle, onFault);

beforeEach(() => {
  ports = memoryPorts();
  settled = [];
  faults = [];
});

async function setStatus(id: string, status: 'cancelling' | 'pausing'): Promise<void> {
  const run = await ports.runs.get(ADMIN.tenant, id);
  if (!run) throw new Error('the run is not there');
  const changed = { ...run, status, version: run.version + 1 };
  await ports.registry.commit(ADMIN.tenant, [{ kind: 'run', run: changed, expected: run.version }]);
}

describe('whoever looks', () => {
  it('starts a run whose execution was never started, once', async () => {
    const { executions } = await submittedRun(ports);
    const fresh = { ...ports, workflow: memoryPorts().workflow };
    await reconcileRuns(fresh, settle, onFault);
    await reconcileRuns(fresh, settle, onFault);
    expect([...fresh.workflow.started.keys()]).toEqual(executions);
    expect(settled).toEqual([]);
  });

  it('leaves a run alone whose execution runs', async () => {
    await startedRun(ports);
    await reconcile();
    expect([settled, ports.workflow.stopped, faults]).toEqual([[], [], []]);
  });

  it('settles a run whose execution ended while nobody listened', async () => {
    const { id, executions } = await startedRun(ports);
    ports.workflow.end(executions[0] ?? '', 'ABORTED');
    await reconcile();
    expect(settled).toEqual([{ tenant: 'default', runId: id, execution: executions[0], status: 'ABORTED' }]);
  });

  it('repeats a stop that was asked for but not carried out', async () => {
    const { id, executions } = await startedRun(ports);
    await setStatus(id, 'cancelling');
    await reconcile();
    expect(ports.workflow.stopped).toEqual(executions);
  });

  it('ends a run that was cancelled before it had an execution', async () => {
    const { id } = await submittedRun(ports);
    await setStatus(id, 'cancelling');
    await reconcileRuns({ ...ports, workflow: memoryPorts().workflow }, settle, onFault);
    expect((await ports.runs.get(ADMIN.tenant, id))?.status).toBe('cancelled');
  });

  it('repeats a pause that was asked for but not carried out', async () => {
    const { id, executions } = await startedRun(ports);
    await setStatus(id, 'pausing');
    await reconcile();
    expect(ports.workflow.stopped).toEqual(executions);
  });

  it('settles a run that was paused before it had an execution', async () => {
    const { id } = await submittedRun(ports);
    await setStatus(id, 'pausing');
    await reconcileRuns({ ...ports, workflow: memoryPorts().workflow }, settle, onFault);
    expect((await ports.runs.get(ADMIN.tenant, id))?.status).toBe('paused');
  });

  it('starts the next execution of a run that was resumed but not started', async () => {
    const { id } = await startedRun(ports);
    const { workflow } = memoryPorts();
    await reconcileRuns({ ...ports, workflow }, settle, onFault);
    expect([...workflow.started.keys()]).toEqual([`${id}-1`]);
  });

  it('leaves a paused run to its owner', async () => {
    const { id } = await submittedRun(ports);
    await setStatus(id, 'pausing');
    await reconcileRuns({ ...ports, workflow: memoryPorts().workflow }, settle, onFault);
    expect(await reconcile()).toEqual({ looked: 0 });
  });

  it('goes on with the other runs when one cannot be put right', async () => {
    const { id } = await submittedRun(ports);
    const broken = { ...ports.workflow, describe: () => Promise.reject(new Error('unreadable')) };
    await reconcileRuns({ ...ports, workflow: broken }, settle, onFault);
    expect(faults).toEqual([[`run ${id}`, new Error('unreadable')]]);
  });
});
