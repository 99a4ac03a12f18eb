import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Io } from '#cli/io.ts';
import { runCli } from '#cli/program.ts';

export const ROOT = dirname(dirname(dirname(__dirname)));

export interface Said {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  /** What the person at the terminal answers. @default there is no terminal */
  readonly answer?: string;
  readonly tty?: boolean;
  readonly interrupted?: AbortSignal;
  /** The project's folder. @default this project's */
  readonly root?: string | null;
}

const folders: string[] = [];
const servers: Server[] = [];

export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'forge-cli-'));
  folders.push(folder);
  return folder;
}

/** Streams that keep what is written; no environment but the given one. */
export function recordingIo(surroundings: Surroundings = {}): { io: Io; said: () => Omit<Said, 'exitCode'> } {
  const texts = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    isTTY: surroundings.tty ?? false,
    columns: 100,
    write(text: string) {
      texts[name] += text;
      return true;
    },
  });
  const cwd = surroundings.cwd ?? freshFolder();
  const io: Io = {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    env: { FORGE_HOME: join(cwd, '.forge'), ...surroundings.env },
    cwd,
    root: surroundings.root === undefined ? ROOT : surroundings.root,
    interrupted: surroundings.interrupted ?? new AbortController().signal,
    readInput: async () => surroundings.input ?? '',
    ask: async (question) => {
      if (surroundings.answer === undefined) return null;
      texts.stderr += question;
      return surroundings.answer;
    },
  };
  return { io, said: () => ({ ...texts }) };
}

/** One command line, as a process would run it. */
export async function forge(argv: readonly string[], surroundings: Surroundings = {}): Promise<Said> {
  const { io, said } = recordingIo(surroundings);
  const exitCode = await runCli(argv, io);
  return { exitCode, ...said() };
}

/** A real HTTP server on a free port of this machine; closed by `cleanUp`. */
export async function serveHttp(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers each path of the table with its JSON, everything else with 404. */
export function answering(table: Readonly<Record<string, unknown>>): RequestListener {
  return (request, response) => {
    const path = `${request.method} ${new URL(request.url ?? '/', 'http://x').pathname}`;
    const known = Object.hasOwn(table, path);
    request.resume();
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(known ? table[path] : { kind: 'not_found', detail: `nothing at ${path}` }));
  };
}

/** Removes what the tests of a file made. */
export function cleanUp(): void {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
