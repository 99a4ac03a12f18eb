/** What a fork or retry of a run over several phases reuses and runs again: the first change, and then its consequences. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { cancelRun } from '#core/application/commands/cancel-run.ts';
import { finishRun } from '#core/application/commands/finish-run.ts';
import { decideCopy } from '#core/application/queries/decide-phases.ts';
import { fingerprintPhase } from '#core/application/queries/fingerprint-phase.ts';
import { moveRun, type ResolvedRun, type Run } from '#core/domain/run.ts';
import { ADMIN, type MemoryPorts, memoryPorts } from '#test/support/memory-ports.ts';
import { hashOf } from '#test/support/toy-models.ts';
import { submittedRun } from '#test/support/toy-run.ts';

const PHASES: readonly PhaseSlug[] = ['cognate', 'evomerge', 'quiet-star', 'bitnet'];
const MODEL = '01JZ8F4M7Q2X4V6B8N0C1D2E3';

/** A run of four phases that have all succeeded; the models are known by their ids alone. */
async function chain(ports: MemoryPorts): Promise<Run> {
  const run = await submittedRun(ports);
  const config = Object.fromEntries(PHASES.map((slug) => [slug, { steps: 10 }]));
  const resolved: ResolvedRun = { ...run.resolved, phases: PHASES, config };
  let inputs: readonly string[] = [];
  const phases: Run['phases'][number][] = [];
  for (const [position, slug] of PHASES.entries()) {
    const outputs = [`${MODEL}${position}`];
    const facts = { resolved, phase: slug, inputs, code: hashOf(slug) };
    const fingerprint = await fingerprintPhase(ports, ADMIN, facts);
    const at = run.createdAt;
    const times = { startedAt: at, endedAt: at, attempts: 1 };
    phases.push({
      slug,
      status: 'succeeded',
      inputs,
      outputs,
      gates: [],
      error: null,
      fingerprint,
      ...times,
    });
    inputs = outputs;
  }
  return { ...run, resolved, phases, status: 'succeeded' };
}

interface Change {
  readonly config?: Partial<Record<PhaseSlug, Readonly<Record<string, unknown>>>>;
  readonly seed?: number;
  readonly code?: PhaseSlug;
  readonly from?: PhaseSlug;
  readonly deleted?: number;
}

test.each<[string, Change, readonly string[]]>([
  ['nothing', {}, ['reuse', 'reuse', 'reuse', 'reuse']],
  [
    'a setting of phase 2',
    { config: { evomerge: { steps: 11 } } },
    ['reuse', 'rerun settings', 'rerun inputs', 'rerun inputs'],
  ],
  [
    'a setting of the last phase',
    { config: { bitnet: { steps: 11 } } },
    ['reuse', 'reuse', 'reuse', 'rerun settings'],
  ],
  ['the code of phase 3', { code: 'quiet-star' }, ['reuse', 'reuse', 'rerun code', 'rerun inputs']],
  ['the seed', { seed: 2 }, ['rerun seed', 'rerun inputs', 'rerun inputs', 'rerun inputs']],
  ['nothing, from phase 2 on', { from: 'evomerge' }, ['reuse', 'rerun ', 'rerun inputs', 'rerun inputs']],
  [
    'a model of phase 2 that is gone',
    { deleted: 1 },
    ['reuse', 'rerun models', 'rerun inputs', 'rerun inputs'],
  ],
])('with %s changed, each phase says why', async (_, change, expected) => {
  const memory = memoryPorts();
  const origin = await chain(memory);
  const gone = `${MODEL}${change.deleted}`;
  const ports = {
    ...memory,
    models: {
      ...memory.models,
      get: async (_tenant: string, id: string) =>
        ({ status: id === gone ? 'deleted' : 'active', properties: {} }) as never,
    },
    code: { hash: async (slug: PhaseSlug) => hashOf(slug === change.code ? 'other code' : slug) },
  };
  const target = {
    ...origin.resolved,
    seed: change.seed ?? origin.resolved.seed,
    config: { ...origin.resolved.config, ...change.config },
  };
  const copy = { verb: 'fork', origin, target, from: change.from ?? null, fresh: false } as const;
  const { phases } = await decideCopy(ports, ADMIN, copy);
  expect(phases.map(({ phase }) => phase)).toEqual(PHASES);
  expect(
    phases.map(({ decision, differs }) => (decision === 'reuse' ? decision : `${decision} ${differs}`)),
  ).toEqual(expected);
  expect(phases.every(({ reason }) => reason.length > 10)).toBe(true);
});

describe('cancelling', () => {
  const at = '2026-03-01T12:00:30.000Z';
  test.each<[string, readonly Run['status'][]]>([
    ['queued', []],
    ['running', ['running']],
    ['pausing', ['running', 'pausing']],
    ['paused', ['running', 'pausing', 'paused']],
    ['paused before it began', ['pausing', 'paused']],
  ])('a run that is %s ends it, and asking again changes nothing', async (_, path) => {
    const ports = memoryPorts();
    const { id } = await submittedRun(ports);
    for (const status of path) {
      const before = (await ports.runs.get(ADMIN.tenant, id)) as Run;
      const run = { ...moveRun(before, status, at), version: before.version + 1 };
      await ports.registry.commit(ADMIN.tenant, [{ kind: 'run', run, expected: before.version }]);
    }
    await cancelRun(ports, ADMIN, id);
    await finishRun(ports, ADMIN, { runId: id, execution: `${id}-1`, outcome: 'ABORTED' });
    const ended = (await ports.runs.get(ADMIN.tenant, id)) as Run;
    expect(ended.status).toBe('cancelled');
    expect((await cancelRun(ports, ADMIN, id)).version).toBe(ended.version);
    const types = (await ports.events.read(ADMIN.tenant, id, 0, 100)).map(({ type }) => type);
    expect(types.filter((type) => type === 'RunCancelled')).toHaveLength(1);
  });
});
