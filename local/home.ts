/** FORGE_HOME: where the embedded cloud keeps everything, and the lock that allows one server per home. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ForgeError } from '#core/domain/errors.ts';

export interface Home {
  readonly directory: string;
  readonly database: string;
  readonly bucket: string;
  readonly jobLogs: string;
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
  for (const folder of ['', 'bucket', 'logs', 'logs/jobs'])
    mkdirSync(join(directory, folder), { recursive: true });
  return {
    directory,
    database: join(directory, 'cloud.db'),
    bucket: join(directory, 'bucket'),
    jobLogs: join(directory, 'logs', 'jobs'),
    serverFile: join(directory, 'server.json'),
    token: readOrMakeToken(join(directory, 'token')),
  };
}

function readOrMakeToken(file: string): string {
  try {
    // `wx` makes the first of two starting servers the one that chooses.
    writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8').trim();
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The process that holds the lock, when it lives. */
function holder(lock: string): number | null {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    return Number.isInteger(pid) && pid > 0 && alive(pid) ? pid : null;
  } catch {
    return null;
  }
}

/** Takes the lock of the home, or throws `conflict` naming the server that has it. The answer releases it. */
export function lockHome(home: Home): () => void {
  const lock = join(home.directory, 'server.lock');
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return () => {
        rmSync(home.serverFile, { force: true });
        rmSync(lock, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const pid = holder(lock);
      if (pid !== null && pid !== process.pid) throw taken(home, pid);
      // Whoever wrote it is gone: the lock is nobody's.
      rmSync(lock, { force: true });
    }
  }
  throw taken(home, 0);
}

function taken(home: Home, pid: number): ForgeError {
  return new ForgeError('conflict', `Another server (process ${pid}) works on ${home.directory}.`, {
    code: 'home_in_use',
    hint: 'Use that one, stop it, or set FORGE_HOME to another directory.',
  });
}

export function writeServerFile(home: Home, facts: ServerFacts): void {
  writeFileSync(home.serverFile, `${JSON.stringify(facts, null, 2)}\n`);
}
