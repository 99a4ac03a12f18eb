/** Who is signed in where: tokens in a file of this person alone, one entry per endpoint. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Connection } from '../client/connection.ts';
import type { Io } from '../io.ts';
import { type Provider, requestTokens, type Tokens } from './provider.ts';

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;
/** A token that ends this soon is replaced before it is used. */
const EARLY_MS = 60_000;

export interface Session extends Tokens, Pick<Provider, 'issuer' | 'clientId' | 'tokenUrl' | 'revokeUrl'> {}
type Sessions = Readonly<Record<string, Session>>;

export const sessionsFile = ({ env }: Io): string =>
  join(env.XDG_CONFIG_HOME || join(env.HOME ?? homedir(), '.config'), 'forge', 'sessions.json');

function readSessions(io: Io): Sessions {
  try {
    return JSON.parse(readFileSync(sessionsFile(io), 'utf8')) as Sessions;
  } catch {
    // None yet, or nothing that could be used: signing in writes a new one.
    return {};
  }
}

/** The whole file or the old one, and never readable by others in between. */
function writeSessions(io: Io, sessions: Sessions): void {
  const path = sessionsFile(io);
  mkdirSync(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
  const next = `${path}.${process.pid}`;
  try {
    writeFileSync(next, JSON.stringify(sessions, null, 2), { mode: PRIVATE_FILE });
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}

export const sessionAt = (io: Io, origin: string): Session | null => readSessions(io)[origin] ?? null;

export function keepSession(io: Io, origin: string, session: Session): void {
  writeSessions(io, { ...readSessions(io), [origin]: session });
}

/** @returns the session that was there */
export function forgetSession(io: Io, origin: string): Session | null {
  const { [origin]: session, ...others } = readSessions(io);
  if (session === undefined) return null;
  writeSessions(io, others);
  return session;
}

/**
 * The access token of who is signed in at this origin, a new one where it is about to end; null where nobody is.
 *
 * @throws CliError `unauthenticated` where the provider gives no new one
 */
export async function accessToken(connection: Connection, origin: string): Promise<string | null> {
  const session = sessionAt(connection.io, origin);
  if (session === null) return null;
  const ends = Date.parse(session.expiresAt);
  if (ends - Date.now() > EARLY_MS || session.refreshToken === null) return session.accessToken;
  const grant = { grant_type: 'refresh_token', refresh_token: session.refreshToken };
  const next = { ...session, ...(await requestTokens(connection, session, grant)) };
  keepSession(connection.io, origin, next);
  return next.accessToken;
}
