/** Cuts a follower off again and again while events are written, over each kind of connection, and counts what it has. */
import {
  type Connect,
  type Followed,
  followThroughCuts,
  overSocket,
  overStream,
} from '#test/support/cut-off-client.ts';
import { socketWorld } from '#test/support/socket-world.ts';
import type { Outcome } from './outcome.ts';
import type { Random } from './random.ts';

const KINDS: readonly (readonly [string, Connect])[] = [
  ['WebSocket', overSocket],
  ['SSE', overStream],
];
const HEADINGS = [
  'connection',
  'cut off',
  'before a word',
  'events',
  'lost',
  'twice',
  'out of order',
  'resyncs',
];

interface Faults {
  readonly lost: number;
  readonly disordered: number;
}

/** Numbers rise by one from 1: whatever is missing was lost. */
export function faultsOf({ seqs, written }: Pick<Followed, 'seqs' | 'written'>): Faults {
  const disordered = seqs.filter((seq, at) => at > 0 && seq <= (seqs[at - 1] ?? 0)).length;
  return { lost: written - new Set(seqs).size, disordered };
}

export async function sockets(cuts: number, random: Random): Promise<Outcome> {
  const table: string[][] = [HEADINGS];
  const failures: string[] = [];
  for (const [name, connect] of KINDS) {
    const world = await socketWorld();
    try {
      const followed = await followThroughCuts(world, connect, cuts, random.share);
      const { lost, disordered } = faultsOf(followed);
      const { written, known, resyncs, silent } = followed;
      table.push([name, ...[cuts, silent, written, lost, known, disordered, resyncs].map(String)]);
      if (lost + known + disordered + resyncs > 0) {
        failures.push(
          `${name}: ${lost} lost, ${known} twice, ${disordered} out of order, ${resyncs} resyncs`,
        );
      }
      for (const fault of world.faults) failures.push(`${name}: the server said ${String(fault)}`);
    } finally {
      await world.close();
    }
  }
  const broken = KINDS.filter(([name]) => failures.some((each) => each.startsWith(`${name}:`))).length;
  return { table, notes: [], passed: (KINDS.length - broken) * cuts, failures };
}
