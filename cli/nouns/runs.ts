/** `forge runs …` */
import { type Command, Option } from 'commander';
import type { RunStatus } from '../client/records.ts';
import type { Act } from './act.ts';
import { collect, wholeNumber } from './option-values.ts';
import { SLUGS } from './phase-choices.ts';
import { addControlVerbs } from './run-control.ts';

/** Every status that the API knows: one that is missing here does not compile. */
const STATUSES = Object.keys({
  queued: true,
  running: true,
  pausing: true,
  paused: true,
  cancelling: true,
  cancelled: true,
  succeeded: true,
  failed: true,
} satisfies Record<RunStatus, true>);

function addCreate(runs: Command, act: Act): void {
  runs
    .command('create')
    .description('submit a run')
    .requiredOption('-f, --file <file>', 'run document, YAML or JSON; - reads standard input')
    .option(
      '--set <key=value>',
      'change one value of the document, as in config.cognate.steps=40',
      collect,
      [],
    )
    .option('--idempotency-key <key>', 'the same key with the same document gives the same run')
    .option('--watch', 'follow the run to its end', false)
    .option('--exit-status', 'with --watch: exit with 1 when the run did not succeed', false)
    .option('--dry-run', 'print the plan and submit nothing', false)
    .action((options) =>
      act(async (context) => (await import('../commands/runs-create.ts')).createRun(context, options)),
    );
}

function addReading(runs: Command, act: Act): void {
  runs
    .command('list')
    .description('list runs, newest first')
    .addOption(new Option('--status <status>', 'only runs of this status').choices(STATUSES))
    .option('--limit <n>', 'most rows', wholeNumber(1), 50)
    .action((options) =>
      act(async (context) => (await import('../commands/runs-list.ts')).listRuns(context, options)),
    );
  runs
    .command('get')
    .argument('<id>', 'run id')
    .description('show one run')
    .action((id) => act(async (context) => (await import('../commands/runs-get.ts')).getRun(context, id)));
  runs
    .command('report')
    .argument('<id>', 'run id')
    .description('print the report of a run that has ended (Markdown, or JSON with --json)')
    .action((id) =>
      act(async (context) => (await import('../commands/runs-report.ts')).reportRun(context, id)),
    );
}

function addState(runs: Command, act: Act): void {
  runs
    .command('gates')
    .argument('<id>', 'run id')
    .description('show the gates of a run, with verdicts and the records behind them')
    .addOption(new Option('--phase <phase>', 'those of one phase').choices(SLUGS))
    .action((id, options) =>
      act(async (context) => (await import('../commands/runs-gates.ts')).listGates(context, id, options)),
    );
  runs
    .command('topology')
    .argument('<id>', 'run id')
    .description('show the plan of a run: phases, stages, jobs, hand-overs, and how far each has come')
    .action((id) =>
      act(async (context) => (await import('../commands/runs-topology.ts')).showTopology(context, id)),
    );
}

function addDiff(runs: Command, act: Act): void {
  runs
    .command('diff')
    .argument('<left>', 'run id')
    .argument('<right>', 'id of the run to compare it with')
    .description('show what differs between two runs: what they were asked, what they came to')
    .action((left, right) =>
      act(async (context) => (await import('../commands/runs-diff.ts')).diffRuns(context, left, right)),
    );
}

function addFollowing(runs: Command, act: Act): void {
  runs
    .command('watch')
    .argument('<id>', 'run id')
    .description('follow a run to its end; Ctrl-C leaves it running')
    .option('--exit-status', 'exit with 1 when the run did not succeed', false)
    .option('--events', 'print every event as one JSON line on stdout', false)
    .action((id, options) =>
      act(async (context) => (await import('../commands/runs-watch.ts')).watchRun(context, id, options)),
    );
  runs
    .command('logs')
    .argument('<id>', 'run id')
    .description('print what the jobs of a run wrote')
    .addOption(new Option('--phase <slug>', 'only this phase').choices(SLUGS))
    .option('--stage <name>', 'only this stage')
    .option('--index <n>', 'only this child of an array stage', wholeNumber(0))
    .option('--tail <n>', 'only the last lines of each job', wholeNumber(1))
    .option('--follow', 'go on until the run has ended', false)
    .action((id, options) =>
      act(async (context) => (await import('../commands/runs-logs.ts')).showLogs(context, id, options)),
    );
}

export function addRunsVerbs(program: Command, act: Act): void {
  const runs = program.command('runs').description('submit, watch and steer runs');
  addCreate(runs, act);
  addReading(runs, act);
  addState(runs, act);
  addDiff(runs, act);
  addFollowing(runs, act);
  addControlVerbs(runs, act);
}
