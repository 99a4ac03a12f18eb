/** forge runs pause, resume, retry, fork */
import { randomUUID } from 'node:crypto';
import type { Decisions, ForkBody, RetryBody, Run } from '../client/records.ts';
import type { Context } from '../context.ts';
import { applyOverrides, parseOverride } from '../documents/override-values.ts';
import { renderDecisions } from '../output/decisions.ts';
import { watchRun } from './runs-watch.ts';

export interface ControlOptions {
  readonly dryRun: boolean;
}

export interface ResumeOptions extends ControlOptions {
  readonly watch: boolean;
}

export interface RetryOptions extends ResumeOptions {
  readonly from?: NonNullable<RetryBody['from']>;
  readonly fresh: boolean;
  readonly idempotencyKey?: string;
}

export interface ForkOptions extends RetryOptions {
  readonly set: readonly string[];
}

function showDecisions({ console }: Context, decisions: Decisions): number {
  console.data(decisions, (paint) => renderDecisions(decisions, paint));
  console.note('dry run: nothing was changed');
  return 0;
}

function showRun(context: Context, run: Run, watch: boolean): Promise<number> | number {
  const { console } = context;
  if (watch) {
    console.note(`run ${run.id}`);
    return watchRun(context, run.id, { events: false, exitStatus: false });
  }
  console.data(run, () => run.id);
  console.note(`${run.name} is ${run.status}. Watch it with: npx forge runs watch ${run.id}`);
  return 0;
}

export async function pauseRun(context: Context, id: string, { dryRun }: ControlOptions): Promise<number> {
  const { client, console } = context;
  if (dryRun) return showDecisions(context, await client.wouldPauseRun(id));
  const run = await client.pauseRun(id);
  console.data(run, () => run.status);
  if (run.status === 'pausing') console.note('Its jobs write a checkpoint and end.');
  console.note(`Go on with: npx forge runs resume ${id}`);
  return 0;
}

export async function resumeRun(context: Context, id: string, options: ResumeOptions): Promise<number> {
  const { client } = context;
  if (options.dryRun) return showDecisions(context, await client.wouldResumeRun(id));
  return showRun(context, await client.resumeRun(id), options.watch);
}

function retryBody({ from, fresh }: RetryOptions): RetryBody {
  return { ...(from === undefined ? {} : { from }), ...(fresh ? { fresh } : {}) };
}

export async function retryRun(context: Context, id: string, options: RetryOptions): Promise<number> {
  const { client } = context;
  const body = retryBody(options);
  if (options.dryRun) return showDecisions(context, await client.wouldRetryRun(id, body));
  const key = options.idempotencyKey ?? randomUUID();
  return showRun(context, await client.retryRun(id, body, key), options.watch);
}

export async function forkRun(context: Context, id: string, options: ForkOptions): Promise<number> {
  const { client } = context;
  // The server checks what the overrides make: only it knows the document that they are laid over.
  const body = applyOverrides(retryBody(options), options.set.map(parseOverride)) as ForkBody;
  if (options.dryRun) return showDecisions(context, await client.wouldForkRun(id, body));
  const key = options.idempotencyKey ?? randomUUID();
  return showRun(context, await client.forkRun(id, body, key), options.watch);
}
