/** Stands in for libsql in bench builds: the same database, and a count of what it commits. */
import Database from 'libsql';

export const written = { commits: 0 };

type Work = Parameters<Database.Database['transaction']>[0];

class CountedDatabase extends Database {
  override transaction(work: Work): ReturnType<Database.Database['transaction']> {
    return super.transaction((...parameters: unknown[]) => {
      written.commits += 1;
      return work(...parameters);
    });
  }
}

export default CountedDatabase;
