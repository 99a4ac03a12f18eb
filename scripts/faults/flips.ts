/**
 * Damages checkpoints that a real job wrote and lets the real reader look. Whatever was done, what is loaded is byte for
 * byte the newest checkpoint that is whole, and every damaged file on the way there was rejected by name; where none is
 * whole the reader says `corrupt` and names them. A pointer that is gone altogether is found again silently.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Run } from '#core/domain/run.ts';
import { fixtureTree } from '#test/support/fixture-tree.ts';
import { until } from '#test/support/server-process.ts';
import { type CheckpointReader, openReader, type Reading, type World } from './checkpoint-reader.ts';
import { type Damage, flippedBit, newestParts, otherDamages } from './damage.ts';
import type { Outcome } from './outcome.ts';
import { startProgress } from './progress.ts';
import type { Random } from './random.ts';
import { allEvents, type Toy } from './toy-run.ts';

/** With the one of the pause that makes four; the last three are kept. */
const SAVES_BEFORE_PAUSE = 3;
const LONG_TRAINING = { cognate: { steps: 20_000 } };
const POINTER = 'latest.json';

interface SavedJob {
  readonly run: string;
  readonly task: string;
  readonly index: number | null;
}

/** A run that was paused in the middle of its first training, with some checkpoints behind it. */
async function pausedInTraining({ server, submit, quick }: Toy): Promise<SavedJob> {
  const { id } = await submit('flips', LONG_TRAINING);
  const last = await until('checkpoints of a job', 60, async () => {
    const saves = (await allEvents(server, id)).filter(({ type }) => type === 'CheckpointSaved');
    return saves.length >= (quick ? 1 : SAVES_BEFORE_PAUSE) && saves.at(-1);
  });
  await server.api<Run>('POST', `/v1/runs/${id}/pause`);
  await until('the pause', 30, async () => (await server.run(id)).status === 'paused');
  const file = join(
    server.home,
    '.forge',
    'bucket',
    'runs',
    id,
    last.phase ?? '',
    `${last.data.stage}.task.json`,
  );
  return { run: id, task: pathToFileURL(file).href, index: last.data.index as number | null };
}

/** What a damage must lead to. */
function expected({ checkpoints }: World, digests: readonly string[], { name, parts }: Damage): Reading {
  const hurt = new Set(parts.map(({ checkpoint }) => checkpoint));
  const pointer = hurt.has(null) && !name.endsWith('missing') ? [POINTER] : [];
  const whole = checkpoints.findLastIndex((_, position) => !hurt.has(position));
  const bad = checkpoints.slice(whole + 1).map((checkpoint) => checkpoint.name);
  const error = whole < 0 ? 'corrupt' : null;
  return { digest: digests[whole] ?? null, rejected: [...pointer, ...bad.reverse()], error };
}

function differs(wanted: Reading, found: Reading): boolean {
  const named = wanted.error === null || wanted.rejected.every((name) => found.error?.includes(name));
  return (
    !named ||
    wanted.digest !== found.digest ||
    wanted.rejected.join() !== found.rejected.join() ||
    (wanted.error === null ? found.error !== null : !found.error?.startsWith(`${wanted.error}:`))
  );
}

/** Null when the damage was noticed as it must be. */
export async function judge(reader: CheckpointReader, world: number, damage: Damage): Promise<string | null> {
  const digests = reader.worlds.map(({ digest }) => digest);
  const wanted = expected(reader.worlds[world] as World, digests, damage);
  const undo = damage.inflict();
  try {
    const found = await reader.read(world);
    if (!differs(wanted, found)) return null;
    const facts = JSON.stringify({ wanted, found });
    return `${damage.name} in world ${world}: ${facts}`;
  } finally {
    undo();
  }
}

/** Undamaged worlds read as at the beginning: no damage was left behind, and reading changes nothing. */
async function unharmed(reader: CheckpointReader): Promise<string[]> {
  const failures: string[] = [];
  for (const [number, { digest }] of reader.worlds.entries()) {
    const found = await reader.read(number);
    if (found.digest !== digest || found.rejected.length > 0) {
      failures.push(`world ${number} without damage: ${JSON.stringify(found)}`);
    }
  }
  return failures;
}

export async function flips(toy: Toy, count: number, random: Random): Promise<Outcome> {
  const { run, task, index } = await pausedInTraining(toy);
  const reader = await openReader(task, index, fixtureTree({ '.keep': '' }));
  const failures = await unharmed(reader);
  const seen = new Map<string, [number, number]>();
  const tell = async (kind: string, world: number, damage: Damage) => {
    const failure = await judge(reader, world, damage);
    const [done, noticed] = seen.get(kind) ?? [0, 0];
    seen.set(kind, [done + 1, noticed + (failure ? 0 : 1)]);
    if (failure) failures.push(failure);
  };
  const progress = startProgress('flips', count);
  for (let number = 1; number <= count; number += 1) {
    const world = random.below(reader.worlds.length);
    const part = random.pick(newestParts(reader.worlds[world] as World));
    await tell(`flip in ${part.what}`, world, flippedBit(part, random));
    progress.done(number);
  }
  for (const [number, world] of reader.worlds.entries()) {
    for (const damage of otherDamages(world)) await tell('cut, missing or swapped', number, damage);
  }
  failures.push(...(await unharmed(reader)));
  await reader.close();
  await toy.server.api('POST', `/v1/runs/${run}/cancel`);
  const rows = [...seen].sort().map(([kind, [done, noticed]]) => [kind, String(done), String(noticed)]);
  const noticed = [...seen.values()].reduce((sum, [, each]) => sum + each, 0);
  const notes = [`${reader.worlds.length} checkpoints of a real job, each as the newest of its time.`];
  return { table: [['damage', 'done', 'noticed'], ...rows], notes, passed: noticed, failures };
}
