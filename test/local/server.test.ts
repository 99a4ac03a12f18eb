/** The real server in a process of its own, with real jobs that learn nothing: whole runs, crashes, stops. */
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '#adapters/local/sqlite-database.ts';
import type { ForgeEvent } from '#contracts/source/event.ts';
import { removeFixtures } from '#test/support/fixture-tree.ts';
import { FAKE_JOBS, type Note, removeBundle, ServerProcess, until } from '#test/support/server-process.ts';

jest.setTimeout(60_000);

/** `stage` or `stage/index` of each attempt that began, sorted. */
const begun = (notes: readonly Note[]) =>
  notes
    .filter((note) => note.what === 'begin')
    .map(({ stage, index }) => (index === null ? stage : `${stage}/${index}`))
    .sort();
const EACH_STAGE_ONCE = ['base', 'evaluate', 'variants/0', 'variants/1', 'variants/2'];
const typesOf = (events: readonly ForgeEvent[]) => events.map((event) => event.type);
const gone = (pid: number) =>
  !existsSync(`/proc/${pid}`) || readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z');

let server: ServerProcess;
beforeEach(() => {
  server = new ServerProcess(FAKE_JOBS);
});
afterEach(() => server.end());
afterAll(() => {
  removeBundle();
  removeFixtures();
});

describe('a run', () => {
  it('goes through base, an array of three and a reduce, and leaves models, events and a report', async () => {
    await server.start();
    await server.addCorpus();
    const { id } = await server.submit();
    const run = await server.ended(id, 20);
    expect(run).toMatchObject({ status: 'succeeded', error: null, report: `runs/${id}/report.json` });
    expect(begun(server.notes())).toEqual(EACH_STAGE_ONCE);

    const models = await server.api<{ items: { name: string; version: number }[] }>('GET', '/v1/models');
    expect(models.body.items.map((model) => model.name).sort()).toEqual([
      'toy-adaptive',
      'toy-base',
      'toy-memory',
      'toy-reasoning',
    ]);
    const events = await server.events(id);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, position) => position + 1));
    expect(typesOf(events).slice(0, 4)).toEqual([
      'RunSubmitted',
      'RunStarted',
      'ContractChecked',
      'PhaseStarted',
    ]);
    expect(typesOf(events).at(-1)).toBe('RunCompleted');
    expect(typesOf(events).filter((type) => type === 'phase_progress')).toHaveLength(10);
    // One meaning: the start of the phase, whoever says it. What belongs to the run has none.
    expect(events.map(({ type, attempt }) => [type, attempt])).toEqual(
      events.map(({ type, phase }) => [type, phase === null ? null : 1]),
    );
    const printed = events.filter(({ data }) => data.job !== undefined);
    expect(new Set(printed.map(({ data }) => data.jobAttempt))).toEqual(new Set([1]));
    const markdown = await server.api('GET', `/v1/runs/${id}/report`, undefined, { accept: 'text/markdown' });
    expect(markdown.body).toContain('# ');
    const logs = await server.api<{ items: { stage: string; index: number | null; text: string }[] }>(
      'GET',
      `/v1/runs/${id}/logs?stage=variants&tail=1`,
    );
    expect(logs.body.items.map(({ index, text }) => [index, text])).toEqual([
      [0, 'done'],
      [1, 'done'],
      [2, 'done'],
    ]);
  });

  it('fails with the exit code of its job as the reason, and can be told from a defect', async () => {
    server.plan({ base: { exit: 76 } });
    await server.start();
    await server.addCorpus();
    const run = await server.ended((await server.submit()).id, 20);
    expect(run).toMatchObject({ status: 'failed', error: { kind: 'numeric', phase: 'cognate' } });
    expect(begun(server.notes())).toEqual(['base']);
  });

  it('is the same run when fifty clients submit it at once under one key', async () => {
    await server.start();
    await server.addCorpus();
    const runs = await Promise.all(Array.from({ length: 50 }, () => server.submit('one-key')));
    expect(new Set(runs.map((run) => run.id)).size).toBe(1);
    await server.ended(runs[0]?.id ?? '', 20);
    expect(begun(server.notes())).toEqual(EACH_STAGE_ONCE);
  });
});

describe('a killed server', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'ends by %s in the middle of a stage; the next one completes the run and repeats nothing',
    async (signal) => {
      server.plan({ variants: { ms: 800 } });
      await server.start();
      await server.addCorpus();
      const { id } = await server.submit();
      await until('a variant that works', 10, () => begun(server.notes()).includes('variants/0'));
      await server.stop(signal);
      await server.start();
      const run = await server.ended(id, 20);
      expect(run).toMatchObject({ status: 'succeeded', phases: [{ attempts: 1 }] });
      expect(begun(server.notes())).toEqual(EACH_STAGE_ONCE);
      const events = await server.events(id);
      expect(events.map((event) => event.seq)).toEqual(events.map((_, position) => position + 1));
      expect(typesOf(events).filter((type) => type === 'phase_progress')).toHaveLength(10);
      expect(typesOf(events).filter((type) => type === 'PhaseStarted')).toHaveLength(1);
    },
  );

  it('finds a job that ended while no server was there', async () => {
    server.plan({ base: { ms: 500 } });
    await server.start();
    await server.addCorpus();
    const { id } = await server.submit();
    await until('the base at work', 10, () => begun(server.notes()).includes('base'));
    await server.stop('SIGKILL');
    await until('the end of the base', 10, () => server.notes().some((note) => note.what === 'end'));
    await server.start();
    expect((await server.ended(id, 20)).status).toBe('succeeded');
    expect(begun(server.notes())).toEqual(EACH_STAGE_ONCE);
  });

  it('starts a run that was written but not started', async () => {
    await server.start();
    await server.addCorpus();
    const { id } = await server.submit();
    await server.ended(id, 20);
    await server.stop('SIGKILL');
    forgetExecutions(server, id);
    await server.start();
    const run = await server.ended(id, 20);
    expect(run.status).toBe('succeeded');
    expect(begun(server.notes())).toEqual([...EACH_STAGE_ONCE, ...EACH_STAGE_ONCE].sort());
  });

  it('carries out a stop that was asked for but reached nobody', async () => {
    server.plan({ base: { ms: 30_000 } });
    await server.start();
    await server.addCorpus();
    const { id } = await server.submit();
    await until('the base at work', 10, () => begun(server.notes()).includes('base'));
    await server.stop('SIGKILL');
    const database = openDatabase(join(server.home, '.forge', 'cloud.db'));
    const row = database.prepare('SELECT document FROM runs WHERE id = ?').get(id) as { document: string };
    const asked = { ...JSON.parse(row.document), status: 'cancelling' };
    database
      .prepare("UPDATE runs SET status = 'cancelling', document = ? WHERE id = ?")
      .run(JSON.stringify(asked), id);
    database.close();
    await server.start();
    expect((await server.ended(id, 10)).status).toBe('cancelled');
    expect(server.notes().at(-1)).toMatchObject({ what: 'stopped', stage: 'base' });
  });
});

/** Puts a run back to where a crash right after its submission would have left it. */
function forgetExecutions(killed: ServerProcess, id: string): void {
  rmSync(join(killed.home, '.forge', 'bucket', 'staging', id), { recursive: true });
  const database = openDatabase(join(killed.home, '.forge', 'cloud.db'));
  const row = database.prepare('SELECT document FROM runs WHERE id = ?').get(id) as { document: string };
  const run = JSON.parse(row.document);
  const phases = run.phases.map((phase: object) => ({
    ...phase,
    status: 'pending',
    attempts: 0,
    startedAt: null,
    endedAt: null,
    outputs: [],
    gates: [],
  }));
  const queued = { ...run, status: 'queued', phases, startedAt: null, endedAt: null, report: null };
  database.exec(
    'DELETE FROM execution_journal; DELETE FROM open_executions; DELETE FROM job_journal; DELETE FROM models; DELETE FROM model_parents;',
  );
  database
    .prepare("UPDATE runs SET status = 'queued', document = ? WHERE id = ?")
    .run(JSON.stringify(queued), id);
  database.close();
}

describe('cancelling', () => {
  it('ends a run whose job works within ten seconds, and leaves no process behind', async () => {
    server.plan({ variants: { ms: 30_000 } });
    await server.start();
    await server.addCorpus();
    const { id } = await server.submit();
    const note = await until('a variant at work', 10, () =>
      server.notes().find((each) => each.stage === 'variants'),
    );
    const answer = await server.api<{ status: string }>('POST', `/v1/runs/${id}/cancel`);
    expect([answer.status, answer.body.status]).toEqual([202, 'cancelling']);
    const run = await server.ended(id, 10);
    expect(run).toMatchObject({ status: 'cancelled', phases: [{ status: 'cancelled' }], error: null });
    expect(gone(note.pid)).toBe(true);
    expect(begun(server.notes())).not.toContain('evaluate');
    expect(typesOf(await server.events(id)).at(-1)).toBe('RunCancelled');
    const again = await server.api<{ status: string }>('POST', `/v1/runs/${id}/cancel`);
    expect([again.status, again.body.status]).toEqual([202, 'cancelled']);
  });

  it('is told to a stream that follows the run, which then ends by itself', async () => {
    server.plan({ base: { ms: 30_000 } });
    await server.start();
    await server.addCorpus();
    const { id } = await server.submit();
    await until('the base at work', 10, () => begun(server.notes()).includes('base'));
    const stream = server.api<string>('GET', `/v1/runs/${id}/events`, undefined, {
      accept: 'text/event-stream',
    });
    await server.api('POST', `/v1/runs/${id}/cancel`);
    const text = (await stream).body;
    expect(text).toContain('event: RunCancelled');
    expect(text.trimEnd().endsWith('event: end\ndata: {}')).toBe(true);
  });
});

describe('the server process', () => {
  it('keeps a second one from its home and names itself in the refusal', async () => {
    await server.start();
    const { pid, url } = JSON.parse(server.file('server.json'));
    expect([pid, url]).toEqual([server.pid, server.url]);
    const second = new ServerProcess(FAKE_JOBS, server.home);
    expect(await second.start()).toBe(6);
    expect(second.stderr).toContain(String(server.pid));
    expect(second.stderr).toContain('FORGE_HOME');
    expect(JSON.parse(server.file('server.json')).pid).toBe(server.pid);
  });

  it('takes over from one that was killed, keeps its token, and removes what names it when it stops', async () => {
    await server.start();
    const token = server.file('token');
    expect(token).toMatch(/^[0-9a-f]{64}\n$/);
    expect(statSync(join(server.home, '.forge', 'token')).mode & 0o777).toBe(0o600);
    await server.stop('SIGKILL');
    await server.start();
    expect(server.file('token')).toBe(token);
    expect(await server.stop('SIGTERM')).toBe(0);
    expect(server.file('server.json')).toBe('');
  });

  it('says one JSON line on standard output and nothing else, whatever it does', async () => {
    await server.start();
    await server.addCorpus();
    await server.ended((await server.submit()).id, 20);
    const lines = server.stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).type)).toEqual(['listening']);
    const faults = server.file('logs/faults.ndjson').split('\n').filter(Boolean);
    // What stands in for the container cannot be kept warm, and that is said once.
    expect(faults.filter((line) => JSON.parse(line).what !== 'fork server')).toEqual([]);
    expect(server.stderr).toBe('');
  });

  it('answers to localhost only: 421 to a foreign host, 403 to a foreign page, 401 without the token', async () => {
    await server.start();
    const status = async (headers: Record<string, string>, path = '/v1/runs') =>
      (await server.api(`GET`, path, undefined, headers)).status;
    expect(await status({})).toBe(200);
    expect(await status({ origin: 'http://evil.test' })).toBe(403);
    expect(await status({ authorization: 'Bearer 0' })).toBe(401);
    expect(await status({ authorization: 'Bearer 0' }, '/v1/health')).toBe(200);
  });

  it.each([
    ['FORGE_PORT', 'high'],
    ['FORGE_PORT', '70000'],
    ['FORGE_GPUS', 'many'],
  ])('refuses %s=%s by exit code 2 and says what is expected', async (name, value) => {
    const wrong = new ServerProcess({ ...FAKE_JOBS, [name]: value });
    expect(await wrong.start()).toBe(2);
    expect(wrong.stderr).toContain(`${name} is "${value}", expected a whole number`);
  });

  it('refuses a token file that holds no token', async () => {
    await server.start();
    await server.stop();
    writeFileSync(join(server.home, '.forge', 'token'), '');
    expect(await server.start()).toBe(8);
    expect(server.stderr).toContain('holds no token');
  });
});
