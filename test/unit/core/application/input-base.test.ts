/** The common base of models that go into a merge: found by its weights, handed over, and missed by name. */
import { startPhase } from '#core/application/commands/start-phase.ts';
import type { Model } from '#core/domain/model.ts';
import type { Run } from '#core/domain/run.ts';
import { ADMIN, type MemoryPorts, memoryPorts } from '#test/support/memory-ports.ts';
import { GENERATIONS, planGenerations, readTask, runAtGenerations } from '#test/support/toy-generations.ts';

describe('the base of models that are to be merged', () => {
  const completed = async () => {
    const ports = memoryPorts();
    const run = await runAtGenerations(ports);
    return { ports, run };
  };
  const begin = (ports: MemoryPorts, { id, executions }: Run) =>
    startPhase(ports, ADMIN, { runId: id, phase: 'evomerge', execution: executions[0] ?? '' });

  beforeEach(() => {
    planGenerations(GENERATIONS, { base: true });
  });

  test('is handed to the job beside them, with its role, and is none of the inputs', async () => {
    const { ports, run } = await completed();
    const { stages } = await begin(ports, run);
    const task = readTask(ports, stages[0]?.task ?? '');
    expect(task.inputs.map((input) => input.kind === 'model' && [input.name, input.role])).toEqual([
      ['toy-reasoning', 'variant'],
      ['toy-memory', 'variant'],
      ['toy-adaptive', 'variant'],
      ['toy-base', 'base'],
    ]);
    const record = (await ports.runs.get(ADMIN.tenant, run.id))?.phases[1];
    expect(record?.inputs).toEqual(run.phases[0]?.outputs);
  });

  test('is missed by name when it is no longer active', async () => {
    const { ports, run } = await completed();
    const base = await ports.models.byName(ADMIN.tenant, 'toy-base', null);
    const archived = { ...base, status: 'archived', recordVersion: 2 } as Model;
    await ports.registry.commit(ADMIN.tenant, [{ kind: 'model', model: archived, expected: 1 }]);
    await expect(begin(ports, run)).rejects.toMatchObject({
      code: 'contract_unsatisfied',
      problems: [{ code: 'cognate→evomerge.base-registered', pointer: '/input/models' }],
    });
  });
});
