import { spawn } from 'node:child_process';
import { inProject } from './project.mjs';
import { exitCodeOf } from './run-command.mjs';
import { runMain, setUp } from './setup.mjs';

/** Ctrl-C in a terminal reaches the child as well: this process only waits for its answer. */
function waitThroughSignals(child) {
  const forward = (signal) => {
    if (!process.stdin.isTTY || signal === 'SIGTERM') child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(exitCodeOf(code, signal)));
  });
}

/**
 * Sets up, then runs one verb of the command line with this process's streams, signals and arguments.
 * @param verb for example `demo`
 */
export const runForge = (verb) =>
  runMain(async (args) => {
    await setUp();
    const command = [inProject('dist', 'cli', 'forge.mjs'), verb, ...args];
    return waitThroughSignals(spawn(process.execPath, command, { stdio: 'inherit' }));
  });
