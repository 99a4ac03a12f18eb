import { cancelRun } from '#core/application/commands/cancel-run.ts';
import { startExecution } from '#core/application/commands/start-execution.ts';
import { type Submission, submitRun } from '#core/application/commands/submit-run.ts';
import type { Principal } from '#core/domain/principal.ts';
import type { Ports } from '#core/ports/ports.ts';
import { ADMIN, type MemoryPorts, memoryPorts, STRANGER } from '#test/support/memory-ports.ts';
import { toyCorpus, toyDocument } from '#test/support/toy-run.ts';

async function world(): Promise<{ ports: MemoryPorts; submission: Submission }> {
  const ports = memoryPorts();
  await toyCorpus(ports);
  return { ports, submission: { document: toyDocument(), idempotencyKey: 'key-1' } };
}

const typesOf = async (ports: MemoryPorts, run: string) =>
  (await ports.events.read(ADMIN.tenant, run, 0, 1000)).map((event) => event.type);

describe('submitting a run', () => {
  test('writes the run with every default resolved and starts its execution by name', async () => {
    const { ports, submission } = await world();
    const run = await submitRun(ports, ADMIN, submission);

    expect(run).toMatchObject({ status: 'queued', version: 1, executions: [`${run.id}-1`], name: 'toy' });
    expect(run.resolved.config.cognate).toMatchObject({ d_model: 64, num_layers: 2, steps: 40 });
    expect(await ports.runs.get(ADMIN.tenant, run.id)).toEqual(run);
    expect([...ports.workflow.started]).toEqual([
      [`${run.id}-1`, { tenant: 'default', runId: run.id, execution: `${run.id}-1` }],
    ]);
    expect(await typesOf(ports, run.id)).toEqual(['RunSubmitted']);
  });

  test('fifty times at once under one key makes one run, one execution and one event', async () => {
    const { ports, submission } = await world();
    const runs = await Promise.all(Array.from({ length: 50 }, () => submitRun(ports, ADMIN, submission)));

    expect(new Set(runs.map((run) => run.id)).size).toBe(1);
    expect(ports.store.tables.runs.size).toBe(1);
    expect(ports.workflow.started.size).toBe(1);
    expect(await typesOf(ports, runs[0]?.id ?? '')).toEqual(['RunSubmitted']);
  });

  test('refuses another document under the same key and writes nothing', async () => {
    const { ports, submission } = await world();
    await submitRun(ports, ADMIN, submission);
    const before = structuredClone(ports.store.tables);

    const other = { ...submission, document: toyDocument({ seed: 2 }) };
    await expect(submitRun(ports, ADMIN, other)).rejects.toMatchObject({
      kind: 'validation',
      code: 'idempotency_key_reused',
    });
    expect(ports.store.tables).toEqual(before);
  });

  test('two documents at once under one key: one wins, the other is refused', async () => {
    const { ports, submission } = await world();
    const other = { ...submission, document: toyDocument({ seed: 2 }) };
    const both = await Promise.allSettled([submission, other].map((each) => submitRun(ports, ADMIN, each)));

    expect(both.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = both.find((each) => each.status === 'rejected');
    expect(refused).toMatchObject({ reason: { code: 'idempotency_key_reused' } });
    expect(ports.store.tables.runs.size).toBe(1);
  });

  test('after a crash between write and start the same key starts the run that was written', async () => {
    const { ports, submission } = await world();
    const dying: Ports = {
      ...ports,
      workflow: { ...ports.workflow, startPipeline: () => Promise.reject(new Error('killed')) },
    };
    await expect(submitRun(dying, ADMIN, submission)).rejects.toThrow('killed');
    expect(ports.store.tables.runs.size).toBe(1);
    expect(ports.workflow.started.size).toBe(0);

    const run = await submitRun(ports, ADMIN, submission);
    expect([...ports.store.tables.runs.keys()]).toEqual([`default/${run.id}`]);
    expect([...ports.workflow.started.keys()]).toEqual([`${run.id}-1`]);
  });

  test('a key is forgotten after 24 hours and makes a new run then', async () => {
    const { ports, submission } = await world();
    const first = await submitRun(ports, ADMIN, submission);
    ports.advance(24 * 3600 * 1000);
    const second = await submitRun(ports, ADMIN, submission);

    expect(second.id).not.toBe(first.id);
    expect(second.id > first.id).toBe(true);
  });

  test('keys of two tenants do not meet', async () => {
    const { ports, submission } = await world();
    await submitRun(ports, ADMIN, submission);

    await expect(submitRun(ports, STRANGER, submission)).rejects.toMatchObject({ kind: 'not_found' });
    expect(ports.store.tables.runs.size).toBe(1);
  });

  test('a viewer may not start a run', async () => {
    const { ports, submission } = await world();
    const viewer: Principal = { ...ADMIN, role: 'viewer' };

    await expect(submitRun(ports, viewer, submission)).rejects.toMatchObject({
      kind: 'forbidden',
      code: 'role_required',
    });
    expect(ports.store.tables.runs.size).toBe(0);
  });

  test.each([
    ['an unknown corpus', { input: { corpus: 'nothing' } }, { kind: 'not_found' }],
    [
      'an unknown preset',
      { preset: 'nothing' },
      { kind: 'not_found', hint: expect.stringMatching(/^Presets: .*demo/) },
    ],
    ['no corpus', { input: {} }, { kind: 'validation', code: 'required' }],
    ['a phase twice', { phases: [1, 'cognate'] }, { kind: 'validation', code: 'duplicate' }],
    ['phases that leave a gap', { phases: [1, 3] }, { kind: 'validation', code: 'contract_unsatisfied' }],
    ['phases out of order', { phases: [2, 1] }, { kind: 'validation', code: 'contract_unsatisfied' }],
    ['a phase that waits for a model', { phases: [3] }, { kind: 'contract', code: 'contract_unsatisfied' }],
    [
      'a gate of a phase that does not run',
      { gates: [{ phase: 'baking', metric: 'a/b', op: '<', bound: 1 }] },
      { kind: 'validation', problems: [{ pointer: '/gates/0/phase', code: 'phase_not_in_run' }] },
    ],
    [
      'settings that do not fit each other',
      { config: { cognate: { num_heads: 3 } } },
      { kind: 'validation', problems: [{ pointer: '/config/cognate/num_heads' }] },
    ],
  ] as const)('%s is refused and nothing is written', async (_, change, refusal) => {
    const { ports, submission } = await world();
    const document = toyDocument(structuredClone(change) as Parameters<typeof toyDocument>[0]);

    await expect(submitRun(ports, ADMIN, { ...submission, document })).rejects.toMatchObject(refusal);
    expect(ports.store.tables.runs.size).toBe(0);
    expect(ports.store.tables.idempotency.size).toBe(0);
    expect(ports.workflow.started.size).toBe(0);
  });

  test('a conflict that has nothing to do with the key is passed on', async () => {
    const { ports, submission } = await world();
    const repeating = {
      ...ports,
      entropy: { bytes: () => new Uint8Array(10) },
      clock: { now: () => new Date(0) },
    };
    await submitRun(repeating, ADMIN, submission);

    const second = { ...submission, idempotencyKey: 'key-2' };
    await expect(submitRun(repeating, ADMIN, second)).rejects.toMatchObject({
      kind: 'conflict',
      code: 'exists',
    });
    expect(ports.store.tables.idempotency.size).toBe(1);
  });

  test('a run that is not queued any more is not started again', async () => {
    const { ports, submission } = await world();
    const run = await submitRun(ports, ADMIN, submission);
    const cancelled = await cancelRun(ports, ADMIN, run.id);
    const fresh = memoryPorts();

    await startExecution(fresh, cancelled);
    expect(fresh.workflow.started.size).toBe(0);
  });
});
