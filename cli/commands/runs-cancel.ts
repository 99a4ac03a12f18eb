/** forge runs cancel */
import type { Context } from '../context.ts';

export async function cancelRun({ client, console }: Context, id: string): Promise<number> {
  const run = await client.cancelRun(id);
  console.data(run, () => run.status);
  if (run.status === 'cancelling')
    console.note(`Its jobs are being told to stop. See: npx forge runs get ${id}`);
  return 0;
}
