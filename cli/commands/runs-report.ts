/** forge runs report */
import type { Context } from '../context.ts';

export async function reportRun({ client, console }: Context, id: string): Promise<number> {
  if (console.json) {
    const report = await client.getReport(id);
    console.data(report, () => '');
  } else console.text(await client.getReportText(id));
  return 0;
}
