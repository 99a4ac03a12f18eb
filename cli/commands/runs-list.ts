/** forge runs list */
import type { RunStatus } from '../client/records.ts';
import type { Context } from '../context.ts';
import { formatSeconds, formatTime, secondsBetween } from '../output/figures.ts';
import { paintStatus } from '../output/paint.ts';
import { renderTable } from '../output/table.ts';

export async function listRuns(
  { client, console }: Context,
  { status, limit }: { readonly status?: RunStatus; readonly limit: number },
): Promise<number> {
  const page = await client.listRuns(status ? { status } : {}, limit);
  const header = ['id', 'name', 'status', 'phases', 'created (UTC)', 'took'];
  console.data(page, (paint) =>
    renderTable(
      header,
      page.items.map((run) => {
        const seconds = secondsBetween(run.startedAt, run.endedAt);
        const done = run.phases.filter((phase) => phase.status === 'succeeded').length;
        const took = seconds === null ? '-' : formatSeconds(seconds);
        const state = paintStatus(paint, run.status);
        return [run.id, run.name, state, `${done}/${run.phases.length}`, formatTime(run.createdAt), took];
      }),
      paint,
    ),
  );
  if (page.items.length === 0)
    console.note('There is no such run. Submit one: npx forge runs create -f FILE');
  if (page.next !== null) console.note(`There are more; see them with --limit ${limit * 2}`);
  return 0;
}
