/** The limit of everything that must survive a power cut: its commits and its fsyncs with nothing around them. */
import { mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '#adapters/local/sqlite-database.ts';

/** About what a journal entry, a run's document or a task takes. */
const BYTES = 1024;

/** Counts every fsync that this process asks of a file handle from now on. */
export async function countSyncs(folder: string): Promise<() => number> {
  const probe = await open(join(folder, 'probe'), 'w');
  const handles = Object.getPrototypeOf(probe) as { sync: () => Promise<void> };
  await probe.close();
  const { sync } = handles;
  let count = 0;
  handles.sync = function counted(this: unknown) {
    count += 1;
    return sync.call(this);
  };
  return () => count;
}

/** Commits to a fresh database of the real settings, and syncs fresh files, one after the other. */
export async function writeDurably(
  folder: string,
  { commits, syncs }: { readonly commits: number; readonly syncs: number },
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const database = openDatabase(join(folder, 'limit.db'));
  const insert = database.prepare('INSERT INTO execution_journal (execution, seq, entry) VALUES (?, ?, ?)');
  const commit = database.transaction((seq: number) => insert.run('limit', seq, 'x'.repeat(BYTES)));
  for (let seq = 0; seq < commits; seq += 1) commit.immediate(seq);
  for (let number = 0; number < syncs; number += 1) {
    const file = await open(join(folder, String(number)), 'w');
    await file.writeFile(Buffer.alloc(BYTES));
    await file.sync();
    await file.close();
  }
  database.close();
}
