/** Eight phases without work: what the state machines, the functions, the journals and the registry cost by themselves. */
import { join } from 'node:path';
import { runEightPhases, startBenchServer } from './bench-server.ts';
import { written } from './counted-database.ts';
import { countSyncs, writeDurably } from './durable-writes.ts';
import type { Bench, Figure, Target } from './record.ts';

const FLOOR: Target = { of: 'value', op: '<=', bound: 1.5 };
const AIM: Target = { of: 'value', op: '<=', bound: 1.0 };
const LIMIT = 'the same number of commits and fsyncs alone';

export interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

/** Seconds on the clock and of CPU, user and system. */
export async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const started = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - started) / 1000, cpu: (user + system) / 1e6 };
}

/** Since the start of this process: Node itself, loading the bundle, and everything after. */
function sinceStart(): Cost {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now() / 1000, cpu: (user + system) / 1e6 };
}

interface Pair {
  readonly run: Cost;
  readonly limit: Cost;
}

function figures(what: string, pairs: readonly Pair[], targets: Partial<Figure>): Figure[] {
  return (['wall', 'cpu'] as const).map((kind) => ({
    name: `${what}, ${kind === 'wall' ? 'wall' : 'CPU'}`,
    unit: 's',
    values: pairs.map(({ run }) => run[kind]),
    limit: { what: LIMIT, values: pairs.map(({ limit }) => limit[kind]) },
    ...targets,
  }));
}

export const run: Bench = async ({ root, folder, tiny }) => {
  const syncs = await countSyncs(folder);
  const bench = await startBenchServer(root, folder);
  await bench.addCorpus();
  const pairs: Pair[] = [];
  let whole: Cost = sinceStart();
  let counts = { commits: 0, syncs: 0 };
  for (let round = 0; round < (tiny ? 2 : 6); round += 1) {
    const before = { commits: written.commits, syncs: syncs() };
    const cost = await costOf(() => runEightPhases(bench, `round-${round}`));
    if (round === 0) whole = sinceStart();
    counts = { commits: written.commits - before.commits, syncs: syncs() - before.syncs };
    const limit = await costOf(() => writeDurably(join(folder, `limit-${round}`), counts));
    pairs.push({ run: cost, limit });
  }
  await bench.server.stop();
  const [first, ...warm] = pairs as [Pair, ...Pair[]];
  const note = `${counts.commits} commits, ${counts.syncs} fsyncs per run`;
  return [
    ...figures('process start to end of first run', [{ run: whole, limit: first.limit }], {
      floor: FLOOR,
      aim: AIM,
    }),
    ...figures('first run of a process', [first], { floor: FLOOR, aim: AIM }),
    ...figures('later runs', warm, { floor: FLOOR, aim: AIM, note }),
  ];
};
