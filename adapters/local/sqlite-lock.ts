/** A lock that ends with its holder: a SQLite transaction that is never finished, whose file lock the kernel keeps. */
import Database from 'libsql';

/**
 * Takes the lock, or answers null when somebody else, in this process or another, has it.
 *
 * Nothing is left to clean up after a crash, so there is no stale lock to judge and to take over in a race.
 */
export function takeLock(file: string): (() => void) | null {
  const database = new Database(file);
  try {
    database.pragma('busy_timeout = 0');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) return null;
    throw error;
  }
  let held = true;
  return () => {
    if (!held) return;
    held = false;
    database.exec('ROLLBACK');
    database.close();
  };
}
