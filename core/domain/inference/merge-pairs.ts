/** Byte-pair merges of one word: always the pair that was learnt first, of equals the leftmost. n log n, whatever the word. */

/** What two neighbouring ids become, and when that was learnt. */
export interface Merge {
  readonly rank: number;
  readonly id: number;
}
export type MergeTable = ReadonlyMap<number, ReadonlyMap<number, Merge>>;

interface Candidate extends Merge {
  readonly place: number;
  readonly left: number;
  readonly right: number;
}

const before = (one: Candidate, other: Candidate): boolean =>
  one.rank < other.rank || (one.rank === other.rank && one.place < other.place);

/** A binary heap: the first candidate on top. */
class Candidates {
  readonly #heap: Candidate[] = [];

  push(candidate: Candidate): void {
    const heap = this.#heap;
    let at = heap.push(candidate) - 1;
    for (let up = (at - 1) >> 1; at > 0 && before(candidate, heap[up] as Candidate); up = (at - 1) >> 1) {
      heap[at] = heap[up] as Candidate;
      at = up;
    }
    heap[at] = candidate;
  }

  pop(): Candidate | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let at = 0;
    for (let down = 1; down < heap.length; down = 2 * at + 1) {
      const right = heap[down + 1];
      if (right && before(right, heap[down] as Candidate)) down += 1;
      if (!before(heap[down] as Candidate, last)) break;
      heap[at] = heap[down] as Candidate;
      at = down;
    }
    heap[at] = last;
    return first;
  }
}

/** @returns ids after all merges that apply */
export function mergePairs(word: readonly number[], table: MergeTable): number[] {
  const ids = [...word];
  const next = ids.map((_, place) => place + 1);
  const previous = ids.map((_, place) => place - 1);
  const candidates = new Candidates();
  const offer = (place: number): void => {
    const right = next[place] as number;
    if (place < 0 || right >= ids.length) return;
    const found = table.get(ids[place] as number)?.get(ids[right] as number);
    if (found) candidates.push({ ...found, place, left: ids[place] as number, right: ids[right] as number });
  };
  for (let place = 0; place + 1 < ids.length; place += 1) offer(place);
  for (let best = candidates.pop(); best; best = candidates.pop()) {
    const { place, left, right, id } = best;
    const gone = next[place] as number;
    // A neighbour was merged away since this candidate was offered.
    if (ids[place] !== left || gone >= ids.length || ids[gone] !== right) continue;
    ids[place] = id;
    ids[gone] = -1;
    next[place] = next[gone] as number;
    if ((next[place] as number) < ids.length) previous[next[place] as number] = place;
    offer(place);
    if ((previous[place] as number) >= 0) offer(previous[place] as number);
  }
  return ids.filter((id) => id >= 0);
}
