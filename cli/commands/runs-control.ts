/** forge runs pause, resume, cancel, retry, fork */
import { randomUUID } from 'node:crypto';
import type { Decisions, ForkBody, PhaseChoice, RetryBody, Run } from '../client/records.ts';
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
  readonly checkpoint?: string;
  readonly phase?: PhaseChoice;
}

function showDecisions({ console }: Context, decisions: Decisions): number {
  console.data(decisions, (paint) => renderDecisions(decisions, paint));
  console.note('dry run: nothing was changed');
  return 0;
}

/** Says what is about to happen, before it does. */
function announce({ console }: Context, { phases }: Decisions): void {
  for (const { phase, decision, reason } of phases) console.note(`${phase}: ${decision}. ${reason}`);
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
  const decisions = await client.wouldPauseRun(id);
  if (dryRun) return showDecisions(context, decisions);
  announce(context, decisions);
  const run = await client.pauseRun(id);
  console.data(run, () => run.status);
  if (run.status === 'pausing') console.note('Its jobs write a checkpoint and end.');
  console.note(`Go on with: npx forge runs resume ${id}`);
  return 0;
}

export async function cancelRun(context: Context, id: string, { dryRun }: ControlOptions): Promise<number> {
  const { client, console } = context;
  const decisions = await client.wouldCancelRun(id);
  if (dryRun) return showDecisions(context, decisions);
  announce(context, decisions);
  const run = await client.cancelRun(id);
  console.data(run, () => run.status);
  if (run.status === 'cancelling')
    console.note(`Its jobs are being told to stop. See: npx forge runs get ${id}`);
  return 0;
}

export async function resumeRun(
  context: Context,
  id: string,
  options: ResumeOptions & { readonly maxUsd?: string },
): Promise<number> {
  const { client } = context;
  const decisions = await client.wouldResumeRun(id);
  if (options.dryRun) return showDecisions(context, decisions);
  announce(context, decisions);
  return showRun(context, await client.resumeRun(id, options.maxUsd), options.watch);
}

function retryBody({ from, fresh }: RetryOptions): RetryBody {
  return { ...(from === undefined ? {} : { from }), ...(fresh ? { fresh } : {}) };
}

export async function retryRun(context: Context, id: string, options: RetryOptions): Promise<number> {
  const { client } = context;
  const body = retryBody(options);
  const decisions = await client.wouldRetryRun(id, body);
  if (options.dryRun) return showDecisions(context, decisions);
  announce(context, decisions);
  const key = options.idempotencyKey ?? randomUUID();
  return showRun(context, await client.retryRun(id, body, key), options.watch);
}

export async function forkRun(context: Context, id: string, options: ForkOptions): Promise<number> {
  const { client } = context;
  // The server checks what the overrides make: only it knows the document that they are laid over.
  const { checkpoint, phase } = options;
  const point = { ...(checkpoint === undefined ? {} : { checkpoint }), ...(phase ? { phase } : {}) };
  const overrides = options.set.map(parseOverride);
  const body = applyOverrides({ ...retryBody(options), ...point }, overrides) as ForkBody;
  const decisions = await client.wouldForkRun(id, body);
  if (options.dryRun) return showDecisions(context, decisions);
  announce(context, decisions);
  const key = options.idempotencyKey ?? randomUUID();
  return showRun(context, await client.forkRun(id, body, key), options.watch);
}
