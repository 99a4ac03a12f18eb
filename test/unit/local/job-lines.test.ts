/** From what jobs print to events, and from what they log to people. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jobLogReader } from '#local/job-logs.ts';
import { originOf, outputIngestion } from '#local/job-output.ts';
import type { JobDetail } from '#local/jobs/job.ts';
import type { JobRunner } from '#local/jobs/runner-api.ts';
import { fixtureTree, removeFixtures } from '#test/support/fixture-tree.ts';

afterAll(removeFixtures);
const TAGS = {
  'forge-tenant': 'default',
  'forge-run': 'R',
  'forge-phase': 'cognate',
  'forge-stage': 'base',
  'forge-attempt': '3',
};
const jobOf = (jobId: string, change: Partial<JobDetail> = {}) =>
  ({ jobId, tags: TAGS, attempts: [], ...change }) as unknown as JobDetail;

describe('output of a job', () => {
  const deliver = async (count: number, job: JobDetail | undefined) => {
    const calls: { lines: { offset: number; text: string }[] }[] = [];
    const functions = {
      'ingest-events': async (event: unknown) => {
        calls.push(event as (typeof calls)[0]);
      },
    };
    const lines = Array.from({ length: count }, (_, index) => `line ${index}`);
    const offsets = lines.map((_, index) => index * 9);
    const batch = { jobId: 'job', index: 2, attempt: 1, offset: 0, lines, offsets, nextOffset: count * 9 };
    await outputIngestion(
      () => functions,
      () => job,
    )(batch);
    return calls;
  };

  it('is handed on with the run, phase and stage that its tags name', async () => {
    const [call] = await deliver(2, jobOf('job'));
    expect(call).toEqual({
      tenant: 'default',
      runId: 'R',
      phase: 'cognate',
      stage: 'base',
      jobId: 'job',
      index: 2,
      attempt: 1,
      phaseAttempt: 3,
      lines: [
        { offset: 0, text: 'line 0' },
        { offset: 9, text: 'line 1' },
      ],
    });
  });

  it('of any number of lines is handed on in parts, in order, whole', async () => {
    const calls = await deliver(2500, jobOf('job'));
    expect(calls.map((call) => call.lines.length)).toEqual([1000, 1000, 500]);
    expect(calls.flatMap((call) => call.lines.map(({ text }) => text))).toEqual(
      Array.from({ length: 2500 }, (_, index) => `line ${index}`),
    );
  });

  it("of a job that no run submitted is nobody's", async () => {
    expect(await deliver(1, jobOf('job', { tags: {} }))).toEqual([]);
    expect(await deliver(1, undefined)).toEqual([]);
    expect(originOf({ tags: { ...TAGS, 'forge-run': '' } })).toBeNull();
  });
});

describe('logs of a run', () => {
  const parent = jobOf('parent', {
    tags: { ...TAGS, 'forge-stage': 'variants' },
    arrayProperties: { size: 2 },
  });
  const child = (index: number) =>
    jobOf(`parent:${index}`, { tags: parent.tags, arrayProperties: { size: 2, index } });
  const retried = jobOf('base', { attempts: [{}] as unknown as JobDetail['attempts'] });
  const foreign = jobOf('foreign', { tags: { ...TAGS, 'forge-tenant': 'other' } });
  const runner = {
    list: (filter?: { parentId?: string }) =>
      filter?.parentId === 'parent' ? [child(0), child(1)] : [retried, parent, foreign],
  } as unknown as JobRunner;

  function reader() {
    const root = fixtureTree({
      'base/attempt-1.log': 'first try\nkilled\n',
      'base/attempt-2.log': 'second try\nrunning\n',
      'parent:0/attempt-1.log': 'zero\n',
      'parent:1/attempt-1.log': 'one\n',
      'foreign/attempt-1.log': 'secret\n',
    });
    return { root, read: jobLogReader(runner, root).read };
  }
  const brief = (logs: readonly { stage: string; index: number | null; attempt: number; text: string }[]) =>
    logs.map(({ stage, index, attempt, text }) => [stage, index, attempt, text]);

  it('are those of every attempt, the running one included, and of every child of an array', async () => {
    expect(brief(await reader().read('default', 'R', {}))).toEqual([
      ['base', null, 1, 'first try\nkilled\n'],
      ['base', null, 2, 'second try\nrunning\n'],
      ['variants', 0, 1, 'zero\n'],
      ['variants', 1, 1, 'one\n'],
    ]);
  });

  it('are those of one stage and child when asked', async () => {
    const { read } = reader();
    expect(brief(await read('default', 'R', { stage: 'variants', index: 1 }))).toEqual([
      ['variants', 1, 1, 'one\n'],
    ]);
    expect(await read('default', 'R', { phase: 'evomerge' })).toEqual([]);
  });

  it('are cut to their last lines when asked, to none with zero', async () => {
    const { read } = reader();
    const texts = async (tail: number) =>
      (await read('default', 'R', { stage: 'base', tail })).map(({ text }) => text);
    expect(await texts(1)).toEqual(['killed', 'running']);
    expect(await texts(9)).toEqual(['first try\nkilled', 'second try\nrunning']);
    expect(await texts(0)).toEqual(['', '']);
  });

  it('are shown only to the tenant of the run', async () => {
    const { read } = reader();
    expect(await read('other', 'X', {})).toEqual([]);
    expect(brief(await read('other', 'R', {}))).toEqual([['base', null, 1, 'secret\n']]);
  });

  it('of great length are read from the end only', async () => {
    const { root, read } = reader();
    mkdirSync(join(root, 'base'), { recursive: true });
    writeFileSync(join(root, 'base', 'attempt-1.log'), `${'x'.repeat(3_000_000)}\nthe end\n`);
    const [log] = await read('default', 'R', { stage: 'base' });
    expect(log?.text.length).toBe(1_000_000);
    expect(log?.text.endsWith('x\nthe end\n')).toBe(true);
  });
});
