/** Ways to damage the files of a checkpoint, and the way back. */
import { readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import type { World } from './checkpoint-reader.ts';
import type { Random } from './random.ts';

/** One file: the pointer, or a part of a checkpoint. */
export interface Part {
  readonly what: string;
  readonly path: string;
  /** Position of its checkpoint in the world; null for the pointer. */
  readonly checkpoint: number | null;
}

export interface Damage {
  /** For people: what was done to what. */
  readonly name: string;
  readonly parts: readonly Part[];
  /** Does it; the answer undoes it. */
  inflict(): () => void;
}

export function partsOf({ pointer, checkpoints }: World): readonly Part[] {
  const parts = checkpoints.flatMap(({ files }, checkpoint) =>
    Object.entries(files).map(([what, path]) => ({ what, path, checkpoint })),
  );
  return [{ what: 'pointer', path: pointer, checkpoint: null }, ...parts];
}

/** The pointer, and what the newest checkpoint consists of: what a reader comes to first. */
export function newestParts(world: World): readonly Part[] {
  const newest = world.checkpoints.length - 1;
  return partsOf(world).filter(({ checkpoint }) => checkpoint === null || checkpoint === newest);
}

/** Saves the bytes of the parts before they are changed. */
function onParts(name: string, parts: readonly Part[], change: () => void): Damage {
  return {
    name,
    parts,
    inflict() {
      const saved = parts.map(({ path }) => readFileSync(path));
      change();
      return () => {
        for (const [position, { path }] of parts.entries()) writeFileSync(path, saved[position] as Buffer);
      };
    },
  };
}

export function flippedBit(part: Part, random: Random): Damage {
  const bit = random.below(readFileSync(part.path).length * 8);
  return onParts(`${part.what}, bit ${bit} flipped`, [part], () => {
    const bytes = readFileSync(part.path);
    bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
    writeFileSync(part.path, bytes);
  });
}

function cut(part: Part): Damage[] {
  const { length } = readFileSync(part.path);
  return [length - 1, Math.floor(length / 2), 0].map((size) =>
    onParts(`${part.what}, ${size} of ${length} bytes left`, [part], () => truncateSync(part.path, size)),
  );
}

function swapped([first, second]: readonly [Part, Part]): Damage {
  const age = first.checkpoint === second.checkpoint ? 'its own' : "the older checkpoint's";
  return onParts(`${first.what} swapped with ${age} ${second.what}`, [first, second], () => {
    renameSync(first.path, `${first.path}.aside`);
    renameSync(second.path, first.path);
    renameSync(`${first.path}.aside`, second.path);
  });
}

/** Each file of the newest checkpoint cut, gone, or with the content of another one. */
export function otherDamages(world: World): Damage[] {
  const parts = newestParts(world);
  const older = partsOf(world).filter(({ checkpoint }) => checkpoint === world.checkpoints.length - 2);
  const pairs = parts.flatMap((part, position) => [
    ...parts.slice(position + 1).map((other): [Part, Part] => [part, other]),
    ...older.filter(({ what }) => what === part.what).map((other): [Part, Part] => [part, other]),
  ]);
  const missing = parts.map((part) => onParts(`${part.what} missing`, [part], () => rmSync(part.path)));
  return [...parts.flatMap(cut), ...missing, ...pairs.map(swapped)];
}
