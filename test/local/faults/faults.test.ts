/** The faults of `npm run test:faults`, a few of each; and what they look for is found when it is there. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ForgeEvent } from '#contracts/source/event.ts';
import type { Run } from '#core/domain/run.ts';
import { fixtureTree, PROJECT, removeFixtures } from '#test/support/fixture-tree.ts';
import { eventProblems } from '../../../scripts/faults/check-run.ts';
import type { CheckpointReader, Reading } from '../../../scripts/faults/checkpoint-reader.ts';
import { flippedBit, newestParts, otherDamages } from '../../../scripts/faults/damage.ts';
import { judge } from '../../../scripts/faults/flips.ts';
import { planKills } from '../../../scripts/faults/kill-plan.ts';
import { seededRandom } from '../../../scripts/faults/random.ts';
import { faultsOf } from '../../../scripts/faults/sockets.ts';

const MAIN = join(PROJECT, 'scripts/test-faults.mjs');

afterAll(removeFixtures);

describe('npm run test:faults', () => {
  test('kills, damages and cancels real runs and cuts off followers, which survive it', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      MAIN,
      'crash',
      'flips',
      'cancel',
      'sockets',
      '--quick',
    ]);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^\d+ passed, 0 failed$/);
    for (const heading of ['killed', 'damage', 'cancelled while', 'connection'])
      expect(stdout).toMatch(new RegExp(`^${heading}`, 'm'));
  }, 300_000);

  test.each([
    [['cancels'], '"cancels" is no kind of fault and no option'],
    [['crash', '--kills', '0'], '--kills takes a whole number from 1'],
    [[], 'No kind of fault was named'],
  ])('refuses the words %j and says what there is', async (words, message) => {
    const failure = await promisify(execFile)(process.execPath, [MAIN, ...words]).catch((error) => error);
    expect([failure.code, failure.stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(failure.stderr).toContain('crash, flips, cancel, sockets');
  });
});

describe('a plan of kills', () => {
  test('is repeated by its seed, and hits jobs as often as the server', () => {
    const kills = planKills(300, seededRandom(7));
    expect(planKills(300, seededRandom(7))).toEqual(kills);
    expect(planKills(300, seededRandom(8))).not.toEqual(kills);
    expect(kills.filter(({ target }) => target === 'server')).toHaveLength(150);
    expect(new Set(kills.map(({ moment }) => moment)).size).toBe(6);
  });
});

describe('what is counted of a follower that was cut off', () => {
  test.each([
    [[1, 2, 3, 4], { lost: 0, disordered: 0 }],
    [[1, 2, 4], { lost: 1, disordered: 0 }],
    [[1, 3, 2, 4], { lost: 0, disordered: 1 }],
    [[1, 2, 2, 4], { lost: 1, disordered: 1 }],
  ])('is told for %j of four', (seqs, faults) => {
    expect(faultsOf({ seqs, written: 4 })).toEqual(faults);
  });
});

describe('what is looked for after a kill', () => {
  const run = { phases: [{ slug: 'cognate' }] } as unknown as Run;
  const said = (types: readonly string[]) =>
    types.map(
      (type, position) => ({ seq: position + 1, type, phase: 'cognate', data: {} }) as unknown as ForgeEvent,
    );
  const ORDER = ['RunSubmitted', 'RunStarted', 'PhaseCompleted', 'RunCompleted'];

  test.each([
    ['nothing', said(ORDER), []],
    ['a gap', said(ORDER).map((event) => ({ ...event, seq: event.seq + 1 })), ['event 1 has number 2']],
    ['a repetition', said([...ORDER, 'RunCompleted']), ['RunCompleted was said 2 times']],
    ['a loss', said(ORDER.slice(0, 3)), ['RunCompleted was said 0 times']],
  ])('finds %s', (_, events, expected) => {
    expect(eventProblems('/nowhere', run, events)).toEqual(expected);
  });
});

describe('damage to a checkpoint', () => {
  const folder = fixtureTree({
    pointer: 'p',
    'old/manifest': 'one',
    'old/job': 'two',
    'new/manifest': 'three',
    'new/job': 'four',
  });
  const at = (path: string) => join(folder, path);
  const checkpoint = (name: string) => ({
    name,
    files: { manifest: at(`${name}/manifest`), job: at(`${name}/job`) },
  });
  const world = {
    pointer: at('pointer'),
    checkpoints: [checkpoint('old'), checkpoint('new')],
    digest: 'of new',
  };
  const readAll = () =>
    ['pointer', 'old/manifest', 'old/job', 'new/manifest', 'new/job'].map((path) =>
      readFileSync(at(path), 'latin1'),
    );
  const readerThat = (reading: Reading): CheckpointReader => ({
    worlds: [{ ...world, digest: 'of old' }, world],
    read: async () => reading,
    close: async () => undefined,
  });

  test('changes a file in every way, and is undone without a trace', () => {
    const before = readAll();
    const flips = newestParts(world).map((part) => flippedBit(part, seededRandom(1)));
    for (const damage of [...flips, ...otherDamages(world)]) {
      const undo = damage.inflict();
      let after: unknown;
      try {
        after = readAll();
      } catch {
        after = 'a file is missing';
      }
      expect([damage.name, after]).not.toEqual([damage.name, before]);
      undo();
      expect(readAll()).toEqual(before);
    }
  });

  const notice = { digest: 'of old', rejected: ['new'], error: null };
  test.each([
    ['noticed', notice, null],
    ['not noticed', { ...notice, digest: 'of new', rejected: [] }, expect.stringContaining('bit')],
    ['noticed and loaded all the same', { ...notice, digest: 'of new' }, expect.stringContaining('bit')],
    ['passed over in silence', { ...notice, rejected: [] }, expect.stringContaining('bit')],
  ])('that is %s is told apart', async (_, reading, verdict) => {
    const [, manifest] = newestParts(world);
    if (!manifest) throw new Error('no manifest');
    expect(await judge(readerThat(reading), 1, flippedBit(manifest, seededRandom(2)))).toEqual(verdict);
  });
});
