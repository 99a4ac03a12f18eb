#!/usr/bin/env node
/** `forge`: the command line. */
import { EXIT_INTERRUPTED } from './errors.ts';
import { processIo } from './io.ts';
import { runCli } from './program.ts';

const interruption = new AbortController();

// The first Ctrl-C (or request to end) ends in an orderly way and says how to go on; the second ends at once.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (interruption.signal.aborted) process.exit(EXIT_INTERRUPTED);
    interruption.abort();
  });
}

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

runCli(process.argv.slice(2), processIo(interruption.signal)).then((exitCode) => {
  process.exitCode = exitCode;
});
