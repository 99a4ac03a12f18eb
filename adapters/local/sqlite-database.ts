/** Opens the embedded registry: one SQLite file in WAL mode. libsql is imported in the sqlite-*.ts files only. */
import Database from 'libsql';
import { ForgeError } from '#core/domain/errors.ts';
import { storageFailure } from './storage-failure.ts';

export type SqliteDatabase = Database.Database;

/** Version of the file's form, in its `user_version`; files of the first releases to write one have 0 and this very form. */
const FORM = 1;

/** Every record is stored as its JSON document; columns beside it exist to be searched and to be unique. */
const SCHEMA = `
CREATE TABLE IF NOT EXISTS runs (
  tenant TEXT NOT NULL, id TEXT NOT NULL, status TEXT NOT NULL, version INTEGER NOT NULL, document TEXT NOT NULL,
  PRIMARY KEY (tenant, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS runs_by_status ON runs (tenant, status, id);
CREATE TABLE IF NOT EXISTS idempotency (
  tenant TEXT NOT NULL, key TEXT NOT NULL, body_hash TEXT NOT NULL, run_id TEXT NOT NULL, expires_at TEXT NOT NULL,
  PRIMARY KEY (tenant, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS models (
  tenant TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, run_id TEXT, phase TEXT,
  status TEXT NOT NULL, record_version INTEGER NOT NULL, document TEXT NOT NULL,
  PRIMARY KEY (tenant, id), UNIQUE (tenant, name, version)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS models_by_run ON models (tenant, run_id, id);
CREATE TABLE IF NOT EXISTS model_aliases (
  tenant TEXT NOT NULL, name TEXT NOT NULL, alias TEXT NOT NULL, record_version INTEGER NOT NULL, document TEXT NOT NULL,
  PRIMARY KEY (tenant, name, alias)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS model_parents (
  tenant TEXT NOT NULL, child TEXT NOT NULL, parent TEXT NOT NULL, relation TEXT NOT NULL, weight REAL NOT NULL,
  PRIMARY KEY (tenant, child, parent)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS model_children ON model_parents (tenant, parent, child);
CREATE TABLE IF NOT EXISTS corpora (
  tenant TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL, document TEXT NOT NULL,
  PRIMARY KEY (tenant, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS corpora_by_name ON corpora (tenant, name, id);
CREATE TABLE IF NOT EXISTS presets (
  tenant TEXT NOT NULL, name TEXT NOT NULL, record_version INTEGER NOT NULL, document TEXT NOT NULL,
  PRIMARY KEY (tenant, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS uploads (
  tenant TEXT NOT NULL, id TEXT NOT NULL, content_hash TEXT NOT NULL, document TEXT NOT NULL,
  PRIMARY KEY (tenant, id), UNIQUE (tenant, content_hash)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS webhooks (
  tenant TEXT NOT NULL, id TEXT NOT NULL, record_version INTEGER NOT NULL, document TEXT NOT NULL,
  PRIMARY KEY (tenant, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS deliveries (
  tenant TEXT NOT NULL, webhook TEXT NOT NULL, id TEXT NOT NULL, due TEXT, expires_at TEXT NOT NULL,
  record_version INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (tenant, webhook, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS due_deliveries ON deliveries (tenant, due) WHERE due IS NOT NULL;
CREATE INDEX IF NOT EXISTS old_deliveries ON deliveries (tenant, expires_at);
CREATE TABLE IF NOT EXISTS api_keys (
  tenant TEXT NOT NULL, id TEXT NOT NULL, record_version INTEGER NOT NULL, document TEXT NOT NULL,
  PRIMARY KEY (tenant, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS quotas (
  tenant TEXT PRIMARY KEY, record_version INTEGER NOT NULL, document TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gpu_use (
  tenant TEXT NOT NULL, month TEXT NOT NULL, job TEXT NOT NULL, gpu_seconds REAL NOT NULL,
  PRIMARY KEY (tenant, month, job)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS costs (
  tenant TEXT NOT NULL, run TEXT NOT NULL, id TEXT NOT NULL, document TEXT NOT NULL,
  PRIMARY KEY (tenant, run, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS audit (
  tenant TEXT NOT NULL, id TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (tenant, id)) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS audit_is_not_changed BEFORE UPDATE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS audit_is_not_deleted BEFORE DELETE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TABLE IF NOT EXISTS events (
  tenant TEXT NOT NULL, run TEXT NOT NULL, seq INTEGER NOT NULL, key TEXT, document TEXT NOT NULL,
  PRIMARY KEY (tenant, run, seq)) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS events_by_key ON events (tenant, run, key) WHERE key IS NOT NULL;
CREATE TABLE IF NOT EXISTS hand_overs (
  position INTEGER PRIMARY KEY AUTOINCREMENT, subscriber TEXT NOT NULL, tenant TEXT NOT NULL, run TEXT NOT NULL,
  seq INTEGER NOT NULL, refused INTEGER NOT NULL, due INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS hand_overs_of_run ON hand_overs (subscriber, tenant, run, position);
CREATE TABLE IF NOT EXISTS dead_letters (
  subscriber TEXT NOT NULL, tenant TEXT NOT NULL, run TEXT NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL,
  attempts INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (subscriber, tenant, run, seq)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS metrics (
  position INTEGER PRIMARY KEY, tenant TEXT NOT NULL, id TEXT NOT NULL, run TEXT NOT NULL, phase TEXT NOT NULL,
  document TEXT NOT NULL, UNIQUE (tenant, id));
CREATE INDEX IF NOT EXISTS metrics_by_run ON metrics (tenant, run, position);
CREATE TABLE IF NOT EXISTS execution_journal (
  execution TEXT NOT NULL, seq INTEGER NOT NULL, entry TEXT NOT NULL, PRIMARY KEY (execution, seq)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS open_executions (execution TEXT PRIMARY KEY, position INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS job_journal (
  job_id TEXT PRIMARY KEY, client_token TEXT UNIQUE, parent_id TEXT, sequence INTEGER NOT NULL, array_index INTEGER NOT NULL,
  settled INTEGER NOT NULL, record TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS job_order ON job_journal (sequence, array_index);
CREATE INDEX IF NOT EXISTS open_jobs ON job_journal (settled, sequence, array_index);
`;

/**
 * Opens or creates the database.
 *
 * `synchronous = FULL` makes a commit survive a power cut, not only a killed process: the journal promises as much.
 */
export function openDatabase(file: string): SqliteDatabase {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('busy_timeout = 5000');
  speakOurWords(database);
  const form = readableForm(database, file);
  database.exec(SCHEMA);
  if (form < FORM) database.exec(`PRAGMA user_version = ${FORM}`);
  return database;
}

/** The file's form. One of a later release is left as it is: what this one would write into it, that one might not read. */
function readableForm(database: SqliteDatabase, file: string): number {
  const { user_version: form } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (form <= FORM) return form;
  database.close();
  throw new ForgeError('dependency', `${file} has form ${form}; this release reads forms up to ${FORM}.`, {
    code: 'newer_store',
    hint: 'A later release wrote it: run that release, or a newer one, or begin a new FORGE_HOME.',
  });
}

/** Everything goes through `prepare` and `exec`, transactions included: there a full disk gets its name. */
function speakOurWords(database: SqliteDatabase): void {
  const prepare = database.prepare.bind(database);
  translate(database, ['exec']);
  database.prepare = (sql: string) => translate(prepare(sql), ['run', 'get', 'all']);
}

function translate<Thing extends object, Name extends keyof Thing>(
  thing: Thing,
  names: readonly Name[],
): Thing {
  for (const name of names) {
    const call = (thing[name] as (...values: unknown[]) => unknown).bind(thing);
    thing[name] = ((...values: unknown[]) => {
      try {
        return call(...values);
      } catch (error) {
        // On a full disk SQLite has undone the transaction itself; the cause must not be lost over that.
        if (values[0] === 'ROLLBACK' && String(error).includes('no transaction is active')) return undefined;
        throw storageFailure(error);
      }
    }) as Thing[Name];
  }
  return thing;
}

/** Reads the JSON documents of rows that have a `document` column. */
export function documents<Item>(rows: readonly unknown[]): Item[] {
  return rows.map((row) => JSON.parse((row as { document: string }).document) as Item);
}

/** The first document, or null. */
export function document<Item>(row: unknown): Item | null {
  return row === undefined || row === null ? null : (documents<Item>([row])[0] ?? null);
}
