/** Ctrl-C on the demo: its jobs write a checkpoint and end, and the run waits, paused, for being resumed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createApiClient } from '../client/api-client.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';

/** A checkpoint is written within 20 seconds; then there is a margin. */
const PATIENCE_MS = 40_000;
const LOOK_MS = 200;

/** True when the run is paused now; false when it ended, or could not be paused: then it goes on. */
export async function pauseInterrupted({ io, flags, console }: Context, id: string): Promise<boolean> {
  // The command's own client ends with Ctrl-C; this one has a time of its own.
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const aborted = () => new CliError('timeout', `The run was not paused within ${PATIENCE_MS / 1000} s.`);
  const client = createApiClient({ io, flags, signal, aborted });
  console.note('\ninterrupted: the jobs write a checkpoint and end; Ctrl-C again leaves at once');
  try {
    let run = await client.pauseRun(id);
    while (run.status === 'pausing') {
      await sleep(LOOK_MS, undefined, { signal });
      run = await client.getRun(id);
    }
    return run.status === 'paused';
  } catch (error) {
    console.warn(`the run could not be paused: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}
