/** Reading a record again: cheap while it stays the same, never old. */
import { openDatabase, type SqliteDatabase } from '#adapters/local/sqlite-database.ts';
import { versionedReader } from '#adapters/local/sqlite-versioned-reader.ts';
import { fixtureTree } from '#test/support/fixture-tree.ts';

interface Item {
  readonly name: string;
  readonly parts: readonly { readonly size: number }[];
}

function put(database: SqliteDatabase, id: string, version: number, item: Item): void {
  database
    .prepare('INSERT OR REPLACE INTO runs (tenant, id, status, version, document) VALUES (?, ?, ?, ?, ?)')
    .run('t', id, 'running', version, JSON.stringify(item));
}

describe('a reader of versioned records', () => {
  const open: SqliteDatabase[] = [];
  const database = (file: string) => {
    const opened = openDatabase(file);
    open.push(opened);
    return opened;
  };
  const file = () => `${fixtureTree({ '.keep': '' })}/cloud.db`;
  afterEach(() => {
    for (const each of open.splice(0)) each.close();
  });

  test('sees at once what another connection wrote, and what it deleted', () => {
    const path = file();
    const [reading, writing] = [database(path), database(path)];
    const read = versionedReader<Item>(reading, 'runs');
    put(writing, 'a', 1, { name: 'first', parts: [] });
    const first = read('t', 'a');
    put(writing, 'a', 2, { name: 'second', parts: [{ size: 3 }] });
    const second = read('t', 'a');
    writing.exec('DELETE FROM runs');
    expect([first?.name, second, read('t', 'a')]).toEqual([
      'first',
      { name: 'second', parts: [{ size: 3 }] },
      null,
    ]);
  });

  test('gives the same record for the same version, and one that nobody can change', () => {
    const own = database(file());
    const read = versionedReader<Item>(own, 'runs');
    put(own, 'a', 1, { name: 'first', parts: [{ size: 1 }] });
    const first = read('t', 'a');
    expect(read('t', 'a')).toBe(first);
    expect(() => Object.assign(first?.parts[0] ?? {}, { size: 2 })).toThrow(/read only/);
  });

  test('answers for each of more records than it keeps, and keeps tenants apart', () => {
    const own = database(file());
    const read = versionedReader<Item>(own, 'runs');
    const names = Array.from({ length: 200 }, (_, number) => `run-${number}`);
    for (const name of names) put(own, name, 1, { name, parts: [] });
    const twice = [...names, ...names];
    expect(twice.map((name) => read('t', name)?.name)).toEqual(twice);
    expect(read('another', 'run-1')).toBeNull();
  });
});
