/** forge runs watch */

import type { RunReport } from '../client/records.ts';
import { FINAL_STATUSES, type Run } from '../client/records.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { createProgressBoard } from '../output/progress-board.ts';
import { renderSummary } from '../output/report-summary.ts';

export interface WatchOptions {
  /** Every event as a line of JSON on stdout, instead of the summary. */
  readonly events: boolean;
  readonly exitStatus: boolean;
}

async function follow(context: Context, id: string, options: WatchOptions): Promise<void> {
  const { client, console, io, aborted } = context;
  const board = createProgressBoard(console, io.stderr);
  const onConnection = (state: 'lost' | 'back') =>
    board.say(state === 'lost' ? 'connection lost, trying again …' : 'connected again');
  try {
    for await (const event of client.followEvents(id, { onConnection })) {
      if (options.events) console.line(event);
      board.show(event);
    }
  } catch (error) {
    throw context.signal.aborted ? aborted(`npx forge runs watch ${id}`) : error;
  } finally {
    board.close();
  }
}

/** Null when the run ended without one, as a run that never started does. */
async function reportOf({ client }: Context, id: string): Promise<RunReport | null> {
  try {
    return await client.getReport(id);
  } catch (error) {
    if (error instanceof CliError && error.kind === 'not_found') return null;
    throw error;
  }
}

export interface Outcome {
  readonly run: Run;
  readonly report: RunReport | null;
}

/** Follows the run to its end, with progress on stderr. */
export async function followToEnd(context: Context, id: string, options: WatchOptions): Promise<Outcome> {
  const known = await context.client.getRun(id);
  // What has ended has no progress to show; its events are still there for who wants them.
  if (options.events || !FINAL_STATUSES.includes(known.status)) await follow(context, id, options);
  return { run: await context.client.getRun(id), report: await reportOf(context, id) };
}

export async function watchRun(context: Context, id: string, options: WatchOptions): Promise<number> {
  const { run, report } = await followToEnd(context, id, options);
  const { console } = context;
  if (!options.events) {
    console.data({ run, report }, (paint) =>
      report ? renderSummary(report, paint) : `${run.name}: ${run.status}`,
    );
  }
  return options.exitStatus && run.status !== 'succeeded' ? 1 : 0;
}
