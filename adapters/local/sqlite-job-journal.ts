/** The job runner's journal in SQLite. */
import type { JobRecord } from '#local/jobs/job.ts';
import type { JobJournal } from '#local/jobs/journal.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

/** Plain jobs and array parents sort before the children of the same submission. */
function placeOf({ array }: JobRecord): { parentId: string | null; index: number } {
  return array?.kind === 'child'
    ? { parentId: array.parentId, index: array.index }
    : { parentId: null, index: -1 };
}

function records(rows: readonly unknown[]): JobRecord[] {
  return rows.map((row) => JSON.parse((row as { record: string }).record) as JobRecord);
}

export function sqliteJobJournal(database: SqliteDatabase): JobJournal {
  const save = database.prepare(
    `INSERT INTO job_journal (job_id, client_token, parent_id, sequence, array_index, settled, record)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (job_id) DO UPDATE SET settled = excluded.settled, record = excluded.record`,
  );
  const byId = database.prepare('SELECT record FROM job_journal WHERE job_id = ?');
  const byToken = database.prepare('SELECT record FROM job_journal WHERE client_token = ?');
  const open = database.prepare(
    'SELECT record FROM job_journal WHERE settled = 0 ORDER BY sequence, array_index',
  );
  const roots = database.prepare('SELECT record FROM job_journal WHERE parent_id IS NULL ORDER BY sequence');
  const children = database.prepare(
    'SELECT record FROM job_journal WHERE parent_id = ? ORDER BY array_index',
  );
  const saveAll = database.transaction((jobs: readonly JobRecord[]) => {
    for (const job of jobs) {
      const { parentId, index } = placeOf(job);
      save.run(
        job.jobId,
        job.clientToken,
        parentId,
        job.sequence,
        index,
        job.settled ? 1 : 0,
        JSON.stringify(job),
      );
    }
  });
  return {
    save: (jobs) => saveAll.immediate(jobs),
    load: (jobId) => records([byId.get(jobId)].filter(Boolean))[0],
    findByToken: (token) => records([byToken.get(token)].filter(Boolean))[0],
    listOpen: () => records(open.all()),
    list: (filter) => records(filter?.parentId === undefined ? roots.all() : children.all(filter.parentId)),
  };
}
