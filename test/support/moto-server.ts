/** DynamoDB and S3 as a server on this machine: moto, on a free port, started and ended by the test. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PROJECT } from './fixture-tree.ts';

export interface MotoServer {
  readonly url: string;
  close(): Promise<void>;
}

/** What every SDK client of a test is made with, besides the server's address. */
export const MOTO_CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Resolves when the server answers; it chooses its port itself, so that two tests never take the same. */
export async function startMotoServer(): Promise<MotoServer> {
  const program = join(PROJECT, '.venv/bin/moto_server');
  const server = spawn(program, ['--host', '127.0.0.1', '--port', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PYTHONUNBUFFERED: '1' },
  });
  const ended = once(server, 'exit');
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    server.on('error', reject);
    server.on('exit', (code) => reject(new Error(`moto_server ended with ${code}: ${said}`)));
    server.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
      const found = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said);
      if (found?.[1]) resolve(found[1]);
    });
  });
  return {
    url,
    async close() {
      server.kill('SIGKILL');
      await ended;
    },
  };
}
