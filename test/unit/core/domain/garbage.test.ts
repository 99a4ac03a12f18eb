/** Which runs give up their files, which keys are whose, and what a document refers to. */
import { contentKey } from '#core/domain/blob-key.ts';
import {
  chooseRuns,
  hashOfBlob,
  mentionedHashes,
  referredDocuments,
  workingFile,
} from '#core/domain/garbage.ts';
import type { Run } from '#core/domain/run.ts';
import { garbageWorld, NOW, type RunSpec, type WorldSpec } from '#test/support/garbage-world.ts';
import { hashOf } from '#test/support/toy-models.ts';

const RUN: RunSpec = { status: 'succeeded', age: 100, test: false, result: [], checkpoint: [], nested: [] };
const EMPTY: WorldSpec = { runs: [], models: [], corpora: [], blobAges: [] };

describe('which runs give up their files', () => {
  let runs: readonly Run[];
  const names = (choice: Parameters<typeof chooseRuns>[1]) =>
    chooseRuns(runs, choice, new Date(NOW)).map(({ name }) => name);

  beforeAll(async () => {
    const specs: readonly RunSpec[] = [
      { ...RUN, age: 1000 },
      { ...RUN, age: 100, status: 'failed', test: true },
      { ...RUN, age: 50, status: 'running' },
      { ...RUN, age: 20, status: 'cancelled' },
      { ...RUN, age: 5, test: true },
    ];
    ({ runs } = await garbageWorld({ ...EMPTY, runs: specs }));
  });

  test.each([
    ['none without a choice', {}, []],
    ['none for tests without tests', { testRunsOnly: false }, []],
    ['those that ended so long ago', { olderThanDays: 3 }, ['run-1', 'run-0']],
    ['every ended one', { olderThanDays: 0 }, ['run-4', 'run-3', 'run-1', 'run-0']],
    ['all but the newest', { keepLatestRuns: 2 }, ['run-1', 'run-0']],
    ['all but more than there are', { keepLatestRuns: 9 }, []],
    ['test runs', { testRunsOnly: true }, ['run-4', 'run-1']],
    ['test runs but the newest of them', { testRunsOnly: true, keepLatestRuns: 1 }, ['run-1']],
    ['old test runs', { testRunsOnly: true, olderThanDays: 1 }, ['run-1']],
  ])('%s', (_, choice, expected) => {
    expect(names(choice)).toEqual(expected);
  });

  test('the one that is named, unless something else speaks against it', () => {
    const [first] = runs;
    expect(names({ run: first?.id })).toEqual(['run-0']);
    expect(names({ run: first?.id, testRunsOnly: true })).toEqual([]);
  });

  test('a run with the label purpose: test is one of them', () => {
    const labelled = runs.map((run) => ({
      ...run,
      document: { ...run.document, labels: { purpose: 'test' } },
    }));
    expect(chooseRuns(labelled, { testRunsOnly: true }, new Date(NOW))).toHaveLength(4);
  });
});

describe('keys and documents', () => {
  const run = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

  test.each([
    [`staging/${run}/cognate/base/result.json`, 'staging'],
    [`checkpoints/${run}/x`, 'checkpoints'],
    [`runs/${run}/cognate/base.task.json`, 'tasks'],
    [`runs/${run}/report.json`, undefined],
    [`runs/${run}/report.md`, undefined],
    ['staging/not-a-run/x', undefined],
    [`blobs/${run}/x`, undefined],
    [`toString/${run}/x`, undefined],
  ])('%s is %s', (key, expected) => {
    expect(workingFile(key)?.class).toBe(expected);
  });

  test('only a hash in its own place is a blob', () => {
    const hash = hashOf('x');
    expect(hashOfBlob(contentKey('default', hash))).toBe(hash);
    expect(hashOfBlob(`blobs/default/sha256/zz/${hash}`)).toBeNull();
    expect(hashOfBlob('blobs/default/sha256/ab/readme')).toBeNull();
  });

  test('every hash that is mentioned is found, and nothing longer', () => {
    const [left, right] = [hashOf('l'), hashOf('r')];
    expect(mentionedHashes(`{"a":"${left}","b":["s3://x/${right}"],"c":"${left}0"}`)).toEqual([left, right]);
  });

  test('documents are found among files at any depth; what is no JSON lists none', () => {
    const sha256 = hashOf('job');
    const text = JSON.stringify({
      a: [
        {
          files: [
            { path: 'job.json', sha256 },
            { path: 'x.bin', sha256 },
          ],
        },
      ],
    });
    expect(referredDocuments(text)).toEqual([sha256]);
    expect(referredDocuments('{')).toEqual([]);
  });
});
