/** The only place where the command line reads environment variables and the state folder. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Io } from './io.ts';

const DEFAULT_PORT = 4505;

/** What the local server writes into its home once it listens. */
export interface ServerRecord {
  readonly pid: number;
  readonly port: number;
  readonly url: string;
  readonly startedAt: string;
  readonly version: string;
}

/** FORGE_HOME, else `.forge` in the project, else in the current folder. */
export function homeFolder(io: Io): string {
  const named = io.env.FORGE_HOME;
  return named ? resolve(io.cwd, named) : join(io.root ?? io.cwd, '.forge');
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** The record of the server that last listened in this home; null when there is none or it is not readable. */
export function readServerRecord(home: string): ServerRecord | null {
  try {
    const record = JSON.parse(readText(join(home, 'server.json')) ?? 'null') as ServerRecord | null;
    return typeof record?.url === 'string' && typeof record.pid === 'number' ? record : null;
  } catch {
    return null;
  }
}

/** `--endpoint`, FORGE_ENDPOINT, the home's server, the usual address: the first that there is. */
export function endpointOf(
  io: Io,
  flag: string | undefined,
): { readonly url: string; readonly named: boolean } {
  const named = flag ?? io.env.FORGE_ENDPOINT;
  if (named) return { url: named, named: true };
  const url =
    readServerRecord(homeFolder(io))?.url ?? `http://127.0.0.1:${io.env.FORGE_PORT ?? DEFAULT_PORT}`;
  return { url, named: false };
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Whether a host is this machine. */
export const isLoopback = (hostname: string): boolean => LOOPBACK.has(hostname);

/** FORGE_TOKEN, else the home's token file; that one never leaves this machine. */
export function tokenFor(io: Io, endpoint: string): string | null {
  if (io.env.FORGE_TOKEN) return io.env.FORGE_TOKEN;
  if (!isLoopback(new URL(endpoint).hostname)) return null;
  return readText(join(homeFolder(io), 'token'))?.trim() || null;
}

export function wantsColor(io: Io, flag: boolean): boolean {
  return flag && !io.env.NO_COLOR && io.env.TERM !== 'dumb';
}
