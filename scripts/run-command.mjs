import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { ROOT } from './project.mjs';

const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** What a command may take to end after it has written its last file. */
const AFTER_LAST_FILE_MS = 15_000;

/** The exit code that a shell would show for a child: 128 + n when a signal ended it. */
export const exitCodeOf = (code, signal) => (signal ? 128 + (SIGNAL_NUMBERS[signal] ?? 0) : (code ?? 1));

/**
 * Runs a command to its end and keeps what it wrote.
 * @param command program and arguments
 * @param options.cwd working folder, by default the project
 * @param options.env added to the environment
 * @param options.log file that receives the output as well
 * @param options.live stream that receives the output as it comes
 * @param options.limitSeconds after which the whole process group is killed
 * @param options.lastFile written by the command as its last act: if it lives on for long after that, it is killed
 * @returns {Promise<{exitCode: number, output: string, seconds: number, timedOut: boolean}>}
 */
export function runCommand([program, ...args], options = {}) {
  const started = performance.now();
  const grouped = process.platform !== 'win32';
  const child = spawn(program, args, {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: grouped,
  });
  const chunks = [];
  if (options.log) mkdirSync(dirname(options.log), { recursive: true });
  const sinks = [options.log ? createWriteStream(options.log) : undefined, options.live].filter(Boolean);
  const keep = (chunk) => {
    chunks.push(chunk);
    for (const sink of sinks) sink.write(chunk);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const end = followToTheEnd(child, grouped, options);
  return end.then(({ exitCode, timedOut, fault }) => ({
    exitCode,
    timedOut,
    output: Buffer.concat(chunks).toString('utf8') + (fault ? `${fault}\n` : ''),
    seconds: (performance.now() - started) / 1000,
  }));
}

/** Passes on Ctrl-C and time-outs to the child's group, so that nothing is left running behind. */
function followToTheEnd(child, grouped, { limitSeconds, lastFile }) {
  let timedOut = false;
  const stop = (signal) => {
    try {
      process.kill(grouped ? -child.pid : child.pid, signal);
    } catch {
      // it ended by itself in between
    }
  };
  const end = () => {
    timedOut = true;
    stop('SIGKILL');
  };
  const timers = [limitSeconds && setTimeout(end, limitSeconds * 1000)];
  const watch = setInterval(() => {
    if (!lastFile || !existsSync(lastFile)) return;
    clearInterval(watch);
    timers.push(setTimeout(end, AFTER_LAST_FILE_MS));
  }, 500);
  const interrupted = () => stop('SIGINT');
  const terminated = () => stop('SIGTERM');
  process.on('SIGINT', interrupted);
  process.on('SIGTERM', terminated);
  return new Promise((resolve) => {
    const finish = (result) => {
      clearInterval(watch);
      for (const timer of timers) clearTimeout(timer);
      process.off('SIGINT', interrupted);
      process.off('SIGTERM', terminated);
      resolve({ timedOut, ...result });
    };
    child.on('error', (error) => finish({ exitCode: 127, fault: error.message }));
    child.on('close', (code, signal) => finish({ exitCode: exitCodeOf(code, signal) }));
  });
}
