/** Other programs: the built command line and `aws`, each with what it printed or why it failed. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { StepFailure } from './world.ts';

/** scripts/smoke-aws.mjs starts this in the project's folder. */
export const ROOT = process.cwd();

export interface Call {
  readonly program: string;
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Shows what it says on stderr as it comes. @returns what it printed */
export function call({ program, words, env = {} }: Call): Promise<string> {
  const child = spawn(program, [...words], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['inherit', 'pipe', 'pipe'],
  });
  let [printed, said] = ['', ''];
  child.stdout.on('data', (part) => {
    printed += part;
  });
  child.stderr.on('data', (part) => {
    said += part;
    process.stderr.write(part);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const last = said.trim().split('\n').slice(-3).join(' ');
      if (code === 0) resolve(printed);
      else reject(new StepFailure(`${words.slice(0, 2).join(' ')} ended with ${code}: ${last}`));
    });
  });
}

/** A verb of the built command line, with its document. */
export async function callForge(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const forge = join(ROOT, 'dist', 'cli', 'forge.mjs');
  const printed = await call({ program: process.execPath, words: [forge, ...words, '--json'], env });
  return printed.trim() === '' ? null : (JSON.parse(printed) as unknown);
}
