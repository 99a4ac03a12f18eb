/** "Did you mean": the known name that a mistyped one is nearest to. */

/** Levenshtein distance, for names of a few dozen characters. */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}

/** How many letters may be wrong: a third of the name, two at least, but never most of a short one. */
function tolerance(candidate: string): number {
  return candidate.length < 4 ? 1 : Math.max(2, Math.floor(candidate.length / 3));
}

/** The nearest of the known names, when it is near enough to be meant. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  // Names of very different length cannot be near: a name of a megabyte must not cost a minute.
  const similar = known.filter((each) => Math.abs(each.length - name.length) <= tolerance(each));
  const ranked = similar.map((candidate) => ({ candidate, far: distance(name, candidate) }));
  const near = ranked.filter(({ candidate, far }) => far <= tolerance(candidate));
  return near.sort((left, right) => left.far - right.far)[0]?.candidate;
}
