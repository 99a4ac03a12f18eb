/** How long a job takes from the request to the first line of its code with torch at hand, forked and in a fresh process. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createForkLauncher } from '#local/jobs/fork-launcher.ts';
import type { Launcher } from '#local/jobs/launcher.ts';
import { createSpawnLauncher } from '#local/jobs/spawn-launcher.ts';

const ENV = {
  PATH: process.env.PATH ?? '',
  OMP_NUM_THREADS: '1',
  PYTHONUNBUFFERED: '1',
  PYTHONHASHSEED: '0',
};

/** The package as it is, with an entry point that imports what every job needs and says when it is there. */
const ENTRYPOINT = `
import time


def run_job(task_uri, environment, phases=None):
    import torch
    import safetensors.torch
    print(time.time() * 1000, flush=True)
    return 0
`;

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

async function firstLine(launcher: Launcher, python: string, folder: string, stem: string): Promise<number> {
  const exitPath = `${stem}.exit`;
  const asked = Date.now();
  await launcher.launch(
    {
      file: python,
      args: ['-m', 'agent_forge', 'run', '--task', 'file:///none'],
      env: ENV,
      cwd: folder,
      stdoutPath: `${stem}.out`,
      stderrPath: `${stem}.err`,
      claimPath: `${stem}.claim`,
      exitPath,
    },
    () => undefined,
  );
  while (!existsSync(exitPath)) await pause(5);
  return Number(readFileSync(`${stem}.out`, 'utf8')) - asked;
}

function percentile(sorted: readonly number[], share: number): string {
  const at = Math.max(0, Math.ceil(sorted.length * share) - 1);
  return `${(sorted[at] ?? Number.NaN).toFixed(1)} ms`;
}

async function measure(tries: number, start: (number: number) => Promise<number>): Promise<string> {
  const times: number[] = [];
  for (let number = 0; number < tries; number += 1) times.push(await start(number));
  times.sort((a, b) => a - b);
  return `p50 ${percentile(times, 0.5)}, p95 ${percentile(times, 0.95)} of ${tries}`;
}

export async function main(root: string, [tries = '20']: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'forge-bench-'));
  const python = join(root, '.venv', 'bin', 'python');
  cpSync(join(root, 'containers', 'agent_forge'), join(folder, 'agent_forge'), { recursive: true });
  writeFileSync(join(folder, 'agent_forge', 'entrypoint.py'), ENTRYPOINT);
  const warm = createForkLauncher({
    python,
    folder,
    env: ENV,
    socketDirectory: join(folder, 'fork'),
    logPath: join(folder, 'log'),
    onFault: (error) => console.error(error.message),
  });
  const launch = (launcher: Launcher, name: string) => (number: number) =>
    firstLine(launcher, python, folder, join(folder, `${name}-${number}`));
  try {
    console.log(`first job, server not started: ${(await launch(warm, 'first')(0)).toFixed(1)} ms`);
    console.log(`fork server:   ${await measure(Number(tries), launch(warm, 'fork'))}`);
    console.log(`fresh process: ${await measure(Number(tries), launch(createSpawnLauncher(), 'fresh'))}`);
  } finally {
    await warm.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
