/** A home has one server, one token, and files that are whole. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockHome, openHome, writeServerFile } from '#local/home.ts';
import { wholeNumber } from '#local/server.ts';
import { fixtureTree, PROJECT, removeFixtures } from '#test/support/fixture-tree.ts';

const FACTS = {
  pid: 4711,
  port: 1,
  url: 'http://127.0.0.1:1',
  startedAt: '2026-03-01T12:00:00.000Z',
  version: '1',
};
afterAll(removeFixtures);
let directory: string;
beforeEach(() => {
  directory = join(fixtureTree({}), 'home');
});

describe('opening a home', () => {
  it('makes its folders and a token that only the user can read', () => {
    const home = openHome(directory);
    expect(home.token).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(join(directory, 'token')).mode & 0o777).toBe(0o600);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(readdirSync(directory).sort()).toEqual(['bucket', 'logs', 'token']);
  });

  it('keeps the token that is there', () => {
    expect(openHome(directory).token).toBe(openHome(directory).token);
  });

  it.each(['', 'short', `${'a'.repeat(63)}\n`, 'A'.repeat(64)])(
    'refuses a token file that holds %j',
    (content) => {
      openHome(directory);
      writeFileSync(join(directory, 'token'), content);
      expect(() => openHome(directory)).toThrow(expect.objectContaining({ kind: 'corrupt' }));
    },
  );
});

describe('the lock of a home', () => {
  it('is for one server at a time, in this process and in others', () => {
    const home = openHome(directory);
    const unlock = lockHome(home);
    writeServerFile(home, FACTS);
    expect(() => lockHome(home)).toThrow(expect.objectContaining({ kind: 'conflict', code: 'home_in_use' }));
    expect(() => lockHome(home)).toThrow('process 4711, http://127.0.0.1:1');
    const other = `const D = require('libsql'); const d = new D(${JSON.stringify(join(directory, 'server.lock'))});
      d.pragma('busy_timeout = 0'); try { d.exec('BEGIN EXCLUSIVE'); console.log('taken'); } catch (e) { console.log(e.code); }`;
    const says = execFileSync(process.execPath, ['-e', other], { cwd: PROJECT, encoding: 'utf8' });
    expect(says.trim()).toBe('SQLITE_BUSY');
    unlock();
    expect(existsSync(home.serverFile)).toBe(false);
    lockHome(home)();
  });

  it('names a server that is still starting', () => {
    const home = openHome(directory);
    const unlock = lockHome(home);
    expect(() => lockHome(home)).toThrow('still starting');
    unlock();
  });

  it('is taken over from a server that is gone, with what it left about itself', () => {
    const home = openHome(directory);
    writeFileSync(join(directory, 'server.lock'), '');
    writeServerFile(home, FACTS);
    const unlock = lockHome(home);
    expect(existsSync(home.serverFile)).toBe(false);
    unlock();
  });

  it('can be released twice without harm to who has it then', () => {
    const home = openHome(directory);
    const first = lockHome(home);
    first();
    const second = lockHome(home);
    first();
    expect(() => lockHome(home)).toThrow('works on');
    second();
  });
});

describe('the file that names the server', () => {
  it('is replaced as a whole', () => {
    const home = openHome(directory);
    writeServerFile(home, FACTS);
    writeServerFile(home, { ...FACTS, port: 2 });
    expect(JSON.parse(readFileSync(home.serverFile, 'utf8'))).toEqual({ ...FACTS, port: 2 });
    expect(readdirSync(directory)).not.toContain('server.json.new');
  });
});

describe('a number of the environment', () => {
  it('is a whole one within its bounds', () => {
    expect(wholeNumber('FORGE_PORT', '4505', 65_535)).toBe(4505);
    for (const text of ['', 'x', '-1', '1.5', '1e3', '65536', ' 1'])
      expect(() => wholeNumber('FORGE_PORT', text, 65_535)).toThrow(
        expect.objectContaining({ kind: 'validation' }),
      );
  });
});
