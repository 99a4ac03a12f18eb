/** What a contract checked is kept with the run, told in the log and shown in the report, whether it held or not. */
import { completePhase } from '#core/application/commands/complete-phase.ts';
import { finishRun } from '#core/application/commands/finish-run.ts';
import { getReport } from '#core/application/queries/get-report.ts';
import type { CheckedContract } from '#core/domain/checked-contract.ts';
import { checkedContract } from '#core/domain/checked-contract.ts';
import { phaseDefinition } from '#core/domain/phase.ts';
import { ADMIN, type MemoryPorts, memoryPorts } from '#test/support/memory-ports.ts';
import { toyProperties } from '#test/support/toy-models.ts';
import { cognateModels, leaveCognateResults } from '#test/support/toy-results.ts';
import { startedRun } from '#test/support/toy-run.ts';

async function told(ports: MemoryPorts, runId: string): Promise<readonly CheckedContract[]> {
  const events = await ports.events.read(ADMIN.tenant, runId, 0, 1000);
  return events
    .filter(({ type }) => type === 'ContractChecked')
    .map(({ data }) => data as unknown as CheckedContract);
}

test('every rule into and out of a phase is told with what it saw, and stands in the report', async () => {
  const ports = memoryPorts();
  const { id: runId } = await startedRun(ports);
  leaveCognateResults(ports.store, runId);
  for (let times = 0; times < 2; times += 1) await completePhase(ports, ADMIN, { runId, phase: 'cognate' });
  await finishRun(ports, ADMIN, { runId, outcome: 'SUCCEEDED' });

  const contracts = await told(ports, runId);
  expect(contracts.map(({ contract }) => contract)).toEqual(['input→cognate', 'cognate.output']);
  const [into, out] = contracts;
  const counted = { name: 'no-input-model', subject: 'models', expected: '= 0', got: '0', verdict: 'passed' };
  expect(into?.rules).toEqual([counted]);
  expect(out?.rules.map(({ name }) => name)).toEqual(
    phaseDefinition('cognate').produces.map(({ name }) => name),
  );
  const report = JSON.parse(await getReport(ports, ADMIN, runId, 'json'));
  expect(report.phases[0].contracts).toEqual(contracts);
  const markdown = await getReport(ports, ADMIN, runId, 'md');
  expect(markdown).toContain('| cognate.output | three-variants | 3 | ≥ 3 | passed |');
});

test('the same measures of every model stand side by side, phase after phase', async () => {
  const ports = memoryPorts();
  const { id: runId } = await startedRun(ports);
  leaveCognateResults(ports.store, runId);
  await completePhase(ports, ADMIN, { runId, phase: 'cognate' });
  await finishRun(ports, ADMIN, { runId, outcome: 'SUCCEEDED' });
  const { course } = JSON.parse(await getReport(ports, ADMIN, runId, 'json'));
  expect(course.map(({ model }: { model: string }) => model)).toEqual(
    expect.arrayContaining(['base', 'reasoning', 'memory', 'adaptive']),
  );
  const memory = course.find(({ model }: { model: string }) => model === 'memory');
  expect(memory.figures.bits_per_byte).toMatchObject({
    value: 2.2,
    metric: expect.stringContaining('memory/'),
  });
});

test('a promise that does not hold is told as well, with the value that broke it', async () => {
  const ports = memoryPorts();
  const { id: runId } = await startedRun(ports);
  const models = cognateModels(ports.store, { properties: { reservedRows: 3 } });
  leaveCognateResults(ports.store, runId, { models });
  await expect(completePhase(ports, ADMIN, { runId, phase: 'cognate' })).rejects.toMatchObject({
    code: 'contract_unsatisfied',
  });
  const failed = (await told(ports, runId)).at(-1)?.rules.filter(({ verdict }) => verdict === 'failed');
  expect(failed).toEqual([
    { name: 'reserved-rows', subject: 'each', expected: '≥ 16', got: '3', verdict: 'failed' },
  ]);
});

test.each([
  ['a hash is cut', 'same', { architectureHash: 'a'.repeat(64) }, 'architectureHash', 'aaaaaaaaaaaa…'],
  ['a share is rounded', 'present', { relativeTaskVector: 1 / 3 }, 'relativeTaskVector', '0.3333'],
  ['a list is counted', '==', { zeroMatrices: ['x', 'y'] }, 'zeroMatrices.length', '2'],
  ['what nobody measured is null', 'present', { baseHash: null }, 'baseHash', 'null'],
] as const)('in words, %s', (_, op, change, property, got) => {
  const rule = { name: 'rule', subject: 'each', property, op, value: 0, why: '' } as const;
  expect(checkedContract('a→b', [rule], [{ ...toyProperties(), ...change }]).rules[0]?.got).toBe(got);
});
