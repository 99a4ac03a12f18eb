/** forge runs create */
import { randomUUID } from 'node:crypto';
import type { Context } from '../context.ts';
import { loadRunDocument, withPlaces } from '../documents/load-run-document.ts';
import { renderPlan } from '../output/plan.ts';
import { watchRun } from './runs-watch.ts';

export interface CreateOptions {
  readonly file: string;
  readonly set: readonly string[];
  readonly idempotencyKey?: string;
  readonly watch: boolean;
  readonly exitStatus: boolean;
  readonly dryRun: boolean;
}

export async function createRun(context: Context, options: CreateOptions): Promise<number> {
  const { client, console, io } = context;
  const loaded = await loadRunDocument(io, options.file, options.set);
  if (options.dryRun) {
    const plan = await withPlaces(loaded, () => client.planRun(loaded.value));
    console.data(plan, (paint) => renderPlan(plan, paint));
    console.note('dry run: nothing was submitted');
    return 0;
  }
  const key = options.idempotencyKey ?? randomUUID();
  const run = await withPlaces(loaded, () => client.createRun(loaded.value, key));
  if (options.watch) {
    console.note(`run ${run.id}`);
    return watchRun(context, run.id, { events: false, exitStatus: options.exitStatus });
  }
  console.data(run, () => run.id);
  console.note(`${run.name} is ${run.status}. Watch it with: npx forge runs watch ${run.id}`);
  return 0;
}
