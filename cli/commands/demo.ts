/** forge demo: from nothing to trained, compared and registered models. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Run } from '../client/records.ts';
import type { Context } from '../context.ts';
import { buildCorpus } from '../corpus/build-corpus.ts';
import { DEMO_CORPUS, requireDemoTexts } from '../corpus/demo-corpus.ts';
import { registerBuiltCorpus } from '../corpus/register-corpus.ts';
import { loadRunDocument, withPlaces } from '../documents/load-run-document.ts';
import { homeFolder } from '../environment.ts';
import { CliError, Interrupted } from '../errors.ts';
import { counted, formatBytes } from '../output/figures.ts';
import { renderSummary } from '../output/report-summary.ts';
import { dashboardAddress } from '../server/dashboard-address.ts';
import { ensureServer, type LocalServer, stopServer } from '../server/local-server.ts';
import { pauseInterrupted } from './demo-pause.ts';
import { followToEnd, type Outcome } from './runs-watch.ts';

export interface DemoOptions {
  readonly file?: string;
}

function demoDocument({ io }: Context, { file }: DemoOptions): string {
  if (file) return file;
  if (io.root) return join(io.root, 'examples', 'demo.yaml');
  throw new CliError(
    'dependency',
    'The demo runs from the project folder; there is none around this program.',
    {
      hint: 'Call it where the project lies: npm start',
    },
  );
}

/** Building it takes a second and sending it nothing when the server has these bytes. */
async function registerDemoCorpus({ io, client, console, signal }: Context): Promise<void> {
  const built = await buildCorpus(io.cwd, requireDemoTexts(io), { endings: DEMO_CORPUS.endings, signal });
  try {
    const corpus = await registerBuiltCorpus(client, built, DEMO_CORPUS);
    console.note(
      `corpus ${corpus.name}: ${counted(corpus.documents, 'document')}, ${formatBytes(corpus.bytes)} of real text`,
    );
  } finally {
    await built.dispose();
  }
}

async function submit(context: Context, file: string): Promise<Run> {
  const { io, client, console } = context;
  const loaded = await loadRunDocument(io, file);
  const run = await withPlaces(loaded, () => client.createRun(loaded.value, randomUUID()));
  console.note(`run ${run.id}: ${run.phases.map((phase) => phase.slug).join(' → ')}`);
  return run;
}

function showOutcome({ io, console }: Context, { run, report }: Outcome): void {
  // The report's key is its path below the bucket that the home keeps.
  const files = run.report === null ? null : join(homeFolder(io), 'bucket', run.report);
  console.data({ run, report }, (paint) =>
    report ? renderSummary(report, paint) : `${run.name}: ${run.status}`,
  );
  if (files) console.note(`\nreport: ${files} (and report.md beside it)`);
}

/** A server that this command started ends with it. */
async function leaveServer({ console }: Context, server: LocalServer): Promise<void> {
  if (!server.started) return;
  const stopped = await stopServer(server);
  if (stopped) console.note('server stopped; the commands above need it again: npm run serve');
  else console.warn(`the server, process ${server.pid}, is still stopping`);
}

export async function runDemo(context: Context, options: DemoOptions): Promise<number> {
  const { io, console } = context;
  const file = demoDocument(context, options);
  await loadRunDocument(io, file);
  const server = await ensureServer(context);
  console.note(`server ${server.started ? 'started' : 'found'} on ${server.url}`);
  console.note(`dashboard, while this runs: ${dashboardAddress(io, server.url)}`);
  // After a time-out, or when the run could not be paused, the server stays: the run on it goes on.
  let stays = false;
  let id = '';
  try {
    await registerDemoCorpus(context);
    const run = await submit(context, file);
    id = run.id;
    stays = true;
    const outcome = await followToEnd(context, run.id, { events: false, exitStatus: true });
    stays = false;
    showOutcome(context, outcome);
    return outcome.run.status === 'succeeded' ? 0 : 1;
  } catch (error) {
    if (!stays || !io.interrupted.aborted || !(await pauseInterrupted(context, id))) throw error;
    stays = false;
    throw new Interrupted(`npx forge runs resume ${id} --watch`, 'is paused');
  } finally {
    if (!stays) await leaveServer(context, server);
  }
}
