/** What the journals of the two engines promise; `reopen` gives the same journal as a new process would see it. */
import { type Journal, JournalConflict, type JournalEntry } from '#local/asl/journal.ts';
import type { JobRecord } from '#local/jobs/job.ts';
import type { JobJournal } from '#local/jobs/journal.ts';

export interface JournalWorld<Kind> {
  readonly journal: Kind;
  reopen(): Promise<Kind>;
  close(): Promise<void>;
}

const started = {
  type: 'started' as const,
  machineArn: 'arn:machine',
  definition: { StartAt: 'A' },
  input: { text: 'ä "quoted" \u2028' },
  seed: 'seed',
  seq: 0,
  at: 1,
} satisfies JournalEntry;
const completed = {
  type: 'completed',
  key: 'k',
  outcome: { output: [1, null] },
  seq: 1,
  at: 2,
} satisfies JournalEntry;
const finished = {
  type: 'finished',
  status: 'SUCCEEDED',
  output: {},
  seq: 2,
  at: 3,
} satisfies JournalEntry;

export function executionJournalSuite(name: string, make: () => Promise<JournalWorld<Journal>>): void {
  describe(`the ${name} execution journal`, () => {
    let world: JournalWorld<Journal>;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.close());

    it('gives back the entries of an execution in order, after a restart too', async () => {
      for (const entry of [started, completed, finished]) await world.journal.append('one', entry);
      expect(await world.journal.load('one')).toEqual([started, completed, finished]);
      expect(await (await world.reopen()).load('one')).toEqual([started, completed, finished]);
      expect(await world.journal.load('nobody')).toEqual([]);
    });

    it('keeps entries in the order of their numbers beyond ten', async () => {
      const entries = Array.from({ length: 12 }, (_, seq) => ({ ...completed, seq: seq + 1 }));
      await world.journal.append('one', started);
      for (const entry of entries) await world.journal.append('one', entry);
      expect((await world.journal.load('one')).map((entry) => entry.seq)).toEqual([
        ...Array.from({ length: 13 }, (_, seq) => seq),
      ]);
    });

    it('gives a number to one writer and refuses the others', async () => {
      await world.journal.append('one', started);
      const racers = Array.from({ length: 20 }, (_, racer) =>
        world.journal.append('one', { ...completed, key: `racer ${racer}` }),
      );
      const outcomes = await Promise.allSettled(racers);
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
      const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
      for (const refusal of refusals) expect(refusal).toBeInstanceOf(JournalConflict);
      const winner = outcomes.findIndex((outcome) => outcome.status === 'fulfilled');
      expect((await world.journal.load('one'))[1]).toMatchObject({ key: `racer ${winner}` });
    });

    it('lists what is open, oldest first, after a restart too', async () => {
      for (const execution of ['zebra', 'ant', 'bee']) await world.journal.append(execution, started);
      await world.journal.append('ant', { ...finished, seq: 1 });
      await world.journal.append('cow', started);
      expect(await world.journal.listOpen()).toEqual(['zebra', 'bee', 'cow']);
      expect(await (await world.reopen()).listOpen()).toEqual(['zebra', 'bee', 'cow']);
    });
  });
}

function jobOf(jobId: string, sequence: number, change: Partial<JobRecord> = {}): JobRecord {
  return {
    schemaVersion: 1,
    jobId,
    clientToken: `token of ${jobId}`,
    requestHash: 'hash',
    sequence,
    jobName: 'toy',
    jobQueue: 'queue',
    jobDefinition: 'definition',
    command: ['run'],
    environment: [],
    resources: { vcpus: 1, memoryMiB: 64, gpus: 0 },
    timeoutSeconds: null,
    retry: { attempts: 1, evaluateOnExit: [] },
    dependsOn: [],
    tags: {},
    array: null,
    status: 'SUBMITTED',
    statusReason: null,
    createdAt: 1,
    startedAt: null,
    stoppedAt: null,
    stop: null,
    attempts: [],
    settled: false,
    ...change,
  };
}

const childOf = (parentId: string, sequence: number, index: number) =>
  jobOf(`${parentId}:${index}`, sequence, {
    clientToken: null,
    array: { kind: 'child', parentId, index, size: 11 },
  });

export function jobJournalSuite(name: string, make: () => Promise<JournalWorld<JobJournal>>): void {
  describe(`the ${name} job journal`, () => {
    let world: JournalWorld<JobJournal>;
    beforeEach(async () => {
      world = await make();
    });
    afterEach(() => world.close());
    const ids = (jobs: readonly JobRecord[]) => jobs.map((job) => job.jobId);

    it('gives back the newest record of a job, after a restart too', async () => {
      world.journal.save([jobOf('a', 1)]);
      world.journal.save([jobOf('a', 1, { status: 'RUNNING', startedAt: 5 })]);
      expect(world.journal.load('a')).toEqual(jobOf('a', 1, { status: 'RUNNING', startedAt: 5 }));
      expect((await world.reopen()).load('a')?.status).toBe('RUNNING');
      expect(world.journal.load('nobody')).toBeUndefined();
    });

    it('finds a job by its client token', () => {
      world.journal.save([jobOf('a', 1), jobOf('b', 2, { clientToken: null })]);
      expect(world.journal.findByToken('token of a')?.jobId).toBe('a');
      expect(world.journal.findByToken('token of b')).toBeUndefined();
    });

    it('lists plain jobs and parents in order of submission, and children by their index', () => {
      const children = Array.from({ length: 11 }, (_, index) => childOf('parent', 2, index));
      const array = { kind: 'parent', size: 11, statusSummary: {} } as unknown as JobRecord['array'];
      world.journal.save([...children].reverse());
      world.journal.save([jobOf('last', 3), jobOf('first', 1), jobOf('parent', 2, { array })]);
      expect(ids(world.journal.list())).toEqual(['first', 'parent', 'last']);
      expect(ids(world.journal.list({ parentId: 'parent' }))).toEqual(ids(children));
      expect(world.journal.list({ parentId: 'nobody' })).toEqual([]);
    });

    it('lists what is not settled in the order of the queue, after a restart too', async () => {
      world.journal.save([
        jobOf('c', 3),
        jobOf('b', 2, { settled: true }),
        jobOf('a', 1),
        childOf('a', 1, 0),
      ]);
      expect(ids(world.journal.listOpen())).toEqual(['a', 'a:0', 'c']);
      world.journal.save([jobOf('a', 1, { settled: true, status: 'FAILED' })]);
      expect(ids((await world.reopen()).listOpen())).toEqual(['a:0', 'c']);
    });

    it('saves all jobs of a call or none', () => {
      world.journal.save([jobOf('a', 1)]);
      const twice = jobOf('other', 2, { clientToken: 'token of a' });
      expect(() => world.journal.save([jobOf('b', 3), twice])).toThrow(/constraint/i);
      expect(world.journal.load('b')).toBeUndefined();
    });
  });
}
