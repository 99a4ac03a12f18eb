/** Pause, resume, retry and fork on the real server, with real jobs that learn nothing. */
import { existsSync, readFileSync } from 'node:fs';
import type { ForgeEvent } from '#contracts/source/event.ts';
import type { Decisions } from '#core/application/queries/decide-phases.ts';
import type { Model } from '#core/domain/model.ts';
import type { Run } from '#core/domain/run.ts';
import { removeFixtures } from '#test/support/fixture-tree.ts';
import { FAKE_JOBS, type Note, removeBundle, ServerProcess, until } from '#test/support/server-process.ts';

jest.setTimeout(60_000);

const of = (what: Note['what'], notes: readonly Note[]) =>
  notes
    .filter((note) => note.what === what)
    .map(({ stage, index }) => (index === null ? stage : `${stage}/${index}`));
const EACH_STAGE_ONCE = ['base', 'evaluate', 'variants/0', 'variants/1', 'variants/2'];
const typesOf = (events: readonly ForgeEvent[]) => events.map((event) => event.type);
const gone = (pid: number) =>
  !existsSync(`/proc/${pid}`) || readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z');

let server: ServerProcess;
beforeEach(async () => {
  server = new ServerProcess(FAKE_JOBS);
  await server.start();
  await server.addCorpus();
});
afterEach(() => server.end());
afterAll(() => {
  removeBundle();
  removeFixtures();
});

const ask = <Body = Run>(id: string, verb: string, body?: unknown, key = verb) =>
  server.api<Body>('POST', `/v1/runs/${id}/${verb}`, body, { 'idempotency-key': key });
const begun = (notes = server.notes()) => of('begin', notes);
const paused = (id: string) =>
  until(`run ${id} paused; faults: ${server.file('logs/faults.ndjson')}`, 10, async () => {
    const run = await server.run(id);
    return run.status === 'paused' && run;
  });
const weightsOf = async (id: string) =>
  (await server.api<{ items: Model[] }>('GET', `/v1/models?run=${id}`)).body.items
    .map(({ role, properties }) => `${role} ${properties.weightsHash}`)
    .sort();

describe('a pause in the middle of an array', () => {
  it('ends every process within ten seconds; the run goes on later, repeats nothing that was complete, and gives the same', async () => {
    server.plan({ 'variants/1': { ms: 30_000 } });
    const { id } = await server.submit();
    await until('two variants done and one at work', 10, () => {
      const notes = server.notes();
      return of('end', notes).length === 3 && of('begin', notes).includes('variants/1');
    });
    expect(await ask(id, 'pause')).toMatchObject({ status: 202, body: { status: 'pausing' } });
    expect(await paused(id)).toMatchObject({
      error: null,
      endedAt: null,
      phases: [{ status: 'pending', attempts: 0, error: null }],
    });
    for (const { pid } of server.notes()) expect(gone(pid)).toBe(true);
    expect((await ask(id, 'pause')).body.status).toBe('paused');
    const would = await ask<Decisions>(id, 'resume?dryRun=true');
    expect([would.status, would.body.phases[0]?.decision]).toEqual([200, 'rerun']);
    expect((await server.run(id)).status).toBe('paused');

    server.plan({});
    const before = server.notes().length;
    expect((await ask(id, 'resume')).body).toMatchObject({
      status: 'running',
      executions: [`${id}-1`, `${id}-2`],
    });
    expect(await server.ended(id, 10)).toMatchObject({ status: 'succeeded', phases: [{ attempts: 1 }] });
    expect(begun(server.notes().slice(before)).sort()).toEqual(['evaluate', 'variants/1']);
    expect(of('end', server.notes()).sort()).toEqual(EACH_STAGE_ONCE);
    const events = await server.events(id);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, position) => position + 1));
    const lifecycle = typesOf(events).filter((type) => type.startsWith('Run'));
    const pause = ['RunPauseRequested', 'RunPaused', 'RunResumed'];
    expect(lifecycle).toEqual(['RunSubmitted', 'RunStarted', ...pause, 'RunCompleted']);

    const untouched = await server.submit('other', { name: 'untouched' });
    await server.ended(untouched.id, 10);
    expect(await weightsOf(id)).toEqual(await weightsOf(untouched.id));
  });

  it('holds over a restart of the server, and can be cancelled', async () => {
    server.plan({ base: { ms: 30_000 } });
    const { id } = await server.submit();
    await until('the base at work', 10, () => begun().includes('base'));
    await ask(id, 'pause');
    await server.stop('SIGKILL');
    await server.start();
    await paused(id);
    expect(server.notes().map(({ what }) => what)).toEqual(['begin', 'stopped']);
    expect((await ask(id, 'cancel')).body).toMatchObject({
      status: 'cancelled',
      report: `runs/${id}/report.json`,
    });
    expect((await ask(id, 'resume')).status).toBe(409);
    expect((await ask(id, 'pause')).status).toBe(409);
    expect(typesOf(await server.events(id)).at(-1)).toBe('RunCancelled');
  });

  it('asked for right after the submission keeps the run from beginning, or stops what has begun', async () => {
    server.plan({ base: { ms: 30_000 } });
    const { id } = await server.submit();
    await ask(id, 'pause');
    await paused(id);
    server.plan({});
    await ask(id, 'resume');
    expect((await server.ended(id, 10)).status).toBe('succeeded');
    expect(of('end', server.notes()).sort()).toEqual(EACH_STAGE_ONCE);
  });
});

describe('a run that is cancelled while its job does not listen', () => {
  it('is over within ten seconds, its processes too', async () => {
    server.plan({ base: { ms: 60_000, deaf: true } });
    const { id } = await server.submit();
    await until('the base at work', 10, () => begun().includes('base'));
    const asked = performance.now();
    await ask(id, 'cancel');
    expect((await server.ended(id, 20)).status).toBe('cancelled');
    expect(performance.now() - asked).toBeLessThan(10_000);
    for (const { pid } of server.notes()) expect(gone(pid)).toBe(true);
  });
});

describe('a retry after a stage that failed', () => {
  it('is a new run that succeeds; the old one stays failed', async () => {
    server.plan({ variants: { exit: 76 } });
    const { id } = await server.submit();
    const failed = await server.ended(id, 10);
    expect(failed.status).toBe('failed');
    server.plan({});
    const answer = await ask(id, 'retry', {});
    expect(answer.headers.get('location')).toBe(`/v1/runs/${answer.body.id}`);
    expect((await ask(id, 'retry', {})).body.id).toBe(answer.body.id);
    const retried = await server.ended(answer.body.id, 10);
    expect(retried).toMatchObject({
      status: 'succeeded',
      origin: { verb: 'retry', run: id, from: 'cognate' },
    });
    expect(await server.run(id)).toEqual(failed);
  });
});

describe('a fork', () => {
  it('with the same settings reuses every phase without a job; with another seed it runs again, and both say why', async () => {
    const { id } = await server.submit();
    await server.ended(id, 10);
    const jobs = begun().length;
    const decided = await server.api<Decisions>('GET', `/v1/runs/${id}/decisions?verb=fork`);
    expect(decided.body.phases[0]?.decision).toBe('reuse');
    const same = await server.ended((await ask(id, 'fork', { name: 'branch' })).body.id, 10);
    expect(same).toMatchObject({ status: 'succeeded', phases: [{ reusedFrom: id }] });
    expect(begun()).toHaveLength(jobs);
    expect(typesOf(await server.events(same.id))).toContain('PhaseReused');

    const would = await ask<Decisions>(id, 'fork?dryRun=true', { seed: 7 });
    expect(would.body.phases[0]).toMatchObject({ decision: 'rerun', differs: ['seed'] });
    const other = await server.ended((await ask(id, 'fork', { seed: 7 }, 'seven')).body.id, 10);
    expect(other).toMatchObject({ status: 'succeeded', resolved: { seed: 7 }, phases: [{ attempts: 1 }] });
    expect(begun()).toHaveLength(jobs + EACH_STAGE_ONCE.length);
  });

  it('that nobody can make is refused with the reason, and makes nothing', async () => {
    const { id } = await server.submit();
    await server.ended(id, 10);
    const refusals = [
      await ask(id, 'retry', {}),
      await ask(id, 'fork', { from: 'baking' }),
      await ask(id, 'fork', { config: { cognate: { stepz: 1 } } }),
      await server.api('POST', `/v1/runs/${id}/fork`, {}),
      await ask('01ARZ3NDEKTSV4RRFFQ69G5FAV', 'fork', {}),
    ];
    expect(refusals.map(({ status }) => status)).toEqual([422, 422, 422, 400, 404]);
    const runs = await server.api<{ items: Run[] }>('GET', '/v1/runs');
    expect(runs.body.items).toHaveLength(1);
  });
});
