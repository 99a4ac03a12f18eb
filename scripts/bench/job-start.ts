/** How long a job takes from the request to the first line of its code with torch at hand: forked, and in a fresh process. */
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createForkLauncher } from '#local/jobs/fork-launcher.ts';
import type { Launcher } from '#local/jobs/launcher.ts';
import { createSpawnLauncher } from '#local/jobs/spawn-launcher.ts';
import type { Bench } from './record.ts';

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
  while (!existsSync(exitPath)) await sleep(5);
  return Number(readFileSync(`${stem}.out`, 'utf8')) - asked;
}

export const run: Bench = async ({ root, folder, tiny }) => {
  const python = join(root, '.venv', 'bin', 'python');
  cpSync(join(root, 'containers', 'agent_forge'), join(folder, 'agent_forge'), { recursive: true });
  writeFileSync(join(folder, 'agent_forge', 'entrypoint.py'), ENTRYPOINT);
  const warm = createForkLauncher({
    python,
    folder,
    env: ENV,
    socketDirectory: join(folder, 'fork'),
    logPath: join(folder, 'log'),
    onFault: (error) => process.emitWarning(error),
  });
  const fresh = createSpawnLauncher();
  const start = (launcher: Launcher, name: string) => firstLine(launcher, python, folder, join(folder, name));
  const values: number[] = [];
  const limits: number[] = [];
  try {
    const first = await start(warm, 'first');
    for (let number = 0; number < (tiny ? 1 : 9); number += 1) {
      values.push(await start(warm, `fork-${number}`));
      limits.push(await start(fresh, `fresh-${number}`));
    }
    const what = 'the same in a fresh process';
    return [
      { name: 'request to first line, forked', unit: 'ms', values, limit: { what, values: limits } },
      { name: 'the same for the first job of a server', unit: 'ms', values: [first] },
    ];
  } finally {
    await warm.close();
  }
};
