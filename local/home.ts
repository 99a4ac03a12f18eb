/** FORGE_HOME: where the embedded cloud keeps everything, and the lock that allows one server per home. */
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from '#adapters/local/sqlite-lock.ts';
import { ForgeError } from '#core/domain/errors.ts';

export interface Home {
  readonly directory: string;
  readonly database: string;
  readonly bucket: string;
  readonly jobLogs: string;
  /** What people are told; nothing sends it. */
  readonly notifications: string;
  readonly serverFile: string;
  /** Secret of this home: the bearer token of its one principal, and the key of its signatures. */
  readonly token: string;
}

export interface ServerFacts {
  readonly pid: number;
  readonly port: number;
  readonly url: string;
  readonly startedAt: string;
  readonly version: string;
}

export function openHome(directory: string): Home {
  // Runs, logs and the token are the user's alone.
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const folder of ['bucket', 'logs/jobs']) mkdirSync(join(directory, folder), { recursive: true });
  return {
    directory,
    database: join(directory, 'cloud.db'),
    bucket: join(directory, 'bucket'),
    jobLogs: join(directory, 'logs', 'jobs'),
    notifications: join(directory, 'logs', 'notifications.ndjson'),
    serverFile: join(directory, 'server.json'),
    token: readOrMakeToken(join(directory, 'token')),
  };
}

const TOKEN = /^[0-9a-f]{64}$/;

function readOrMakeToken(file: string): string {
  const staged = `${file}.${process.pid}.new`;
  try {
    // Written whole, then named: of two starting servers the first one chooses, and nobody ever reads half a token.
    writeFileSync(staged, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
    linkSync(staged, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(staged, { force: true });
  }
  const token = readFileSync(file, 'utf8').trim();
  if (TOKEN.test(token)) return token;
  throw new ForgeError('corrupt', `${file} holds no token: expected 64 hexadecimal digits.`, {
    hint: 'Delete the file; the next start makes a new one.',
  });
}

/** The process that the last server of this home named; only a hint for people. */
function lastServer(home: Home): string {
  try {
    const { pid, url } = JSON.parse(readFileSync(home.serverFile, 'utf8')) as ServerFacts;
    return `process ${pid}, ${url}`;
  } catch {
    return 'still starting';
  }
}

/** Takes the lock of the home, or throws `conflict` naming the server that has it. The answer releases it. */
export function lockHome(home: Home): () => void {
  const unlock = takeLock(join(home.directory, 'server.lock'));
  if (!unlock) throw taken(home);
  // What a killed server left says nothing about this one.
  rmSync(home.serverFile, { force: true });
  return () => {
    rmSync(home.serverFile, { force: true });
    unlock();
  };
}

function taken(home: Home): ForgeError {
  const message = `Another server (${lastServer(home)}) works on ${home.directory}.`;
  return new ForgeError('conflict', message, {
    code: 'home_in_use',
    hint: 'Use that one, stop it, or set FORGE_HOME to another directory.',
  });
}

/** Whoever reads the file finds all of it or none. */
export function writeServerFile(home: Home, facts: ServerFacts): void {
  writeFileSync(`${home.serverFile}.new`, `${JSON.stringify(facts, null, 2)}\n`);
  renameSync(`${home.serverFile}.new`, home.serverFile);
}
