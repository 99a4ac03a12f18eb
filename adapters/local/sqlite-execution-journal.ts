/** The engine's journal in SQLite: an entry is on disk before `append` resolves. */
import type { Journal, JournalEntry } from '#local/asl/journal.ts';
import { JournalConflict } from '#local/asl/journal.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

export function sqliteExecutionJournal(database: SqliteDatabase): Journal {
  const load = database.prepare('SELECT entry FROM execution_journal WHERE execution = ? ORDER BY seq');
  const insert = database.prepare(
    'INSERT INTO execution_journal (execution, seq, entry) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const open = database.prepare(
    'INSERT INTO open_executions (execution, position) SELECT ?, COALESCE(MAX(position), 0) + 1 FROM open_executions',
  );
  const close = database.prepare('DELETE FROM open_executions WHERE execution = ?');
  const listOpen = database.prepare('SELECT execution FROM open_executions ORDER BY position');
  const append = database.transaction((execution: string, entry: JournalEntry) => {
    if (insert.run(execution, entry.seq, JSON.stringify(entry)).changes !== 1) {
      throw new JournalConflict(execution, entry.seq);
    }
    if (entry.type === 'started') open.run(execution);
    if (entry.type === 'finished') close.run(execution);
  });
  return {
    async load(execution) {
      return load.all(execution).map((row) => JSON.parse((row as { entry: string }).entry) as JournalEntry);
    },
    async append(execution, entry) {
      append.immediate(execution, entry);
    },
    async listOpen() {
      return listOpen.all().map((row) => (row as { execution: string }).execution);
    },
  };
}
