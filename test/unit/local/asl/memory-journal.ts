import { type Journal, JournalConflict, type JournalEntry } from '#local/asl/journal.ts';

/** A journal that keeps its entries as text, as a durable one would, and can refuse to write. */
export class MemoryJournal implements Journal {
  readonly lines = new Map<string, string[]>();
  readonly log: [name: string, line: string][] = [];
  /** Called before every entry is stored; what it throws is what `append` rejects with. */
  beforeAppend: (name: string, entry: JournalEntry) => void = () => undefined;

  async load(name: string): Promise<JournalEntry[]> {
    return (this.lines.get(name) ?? []).map((line) => JSON.parse(line) as JournalEntry);
  }

  async append(name: string, entry: JournalEntry): Promise<void> {
    this.beforeAppend(name, entry);
    const lines = this.lines.get(name) ?? [];
    if (entry.seq < lines.length) throw new JournalConflict(name, entry.seq);
    const line = JSON.stringify(entry);
    this.log.push([name, line]);
    this.lines.set(name, [...lines, line]);
  }

  async listOpen(): Promise<string[]> {
    return [...this.lines.keys()].filter(
      (name) => !this.lines.get(name)?.at(-1)?.includes('"type":"finished"'),
    );
  }

  /** The journal as `kill -9` right after its first `count` entries would have left it. */
  prefix(count: number): MemoryJournal {
    const copy = new MemoryJournal();
    for (const [name, line] of this.log.slice(0, count)) {
      copy.log.push([name, line]);
      copy.lines.set(name, [...(copy.lines.get(name) ?? []), line]);
    }
    return copy;
  }

  /** Entries of all executions in the order in which they became durable. */
  entries(): JournalEntry[] {
    return this.log.map(([, line]) => JSON.parse(line) as JournalEntry);
  }
}
