/** `forge runs pause|resume|cancel|retry|fork|checkpoints` */
import { type Command, Option } from 'commander';
import type { Act } from './act.ts';
import { collect } from './option-values.ts';
import { SLUGS } from './phase-choices.ts';

const DRY_RUN = [
  '--dry-run',
  'say per phase what would be reused and run again, and change nothing',
] as const;

function addGoingOn(runs: Command, act: Act): void {
  runs
    .command('cancel')
    .argument('<id>', 'run id')
    .description('stop a run; cancelling twice is no error')
    .option(...DRY_RUN, false)
    .action((id, options) =>
      act(async (context) => (await import('../commands/runs-control.ts')).cancelRun(context, id, options)),
    );
  runs
    .command('pause')
    .argument('<id>', 'run id')
    .description('let the jobs of a run write a checkpoint and end; pausing twice is no error')
    .option(...DRY_RUN, false)
    .action((id, options) =>
      act(async (context) => (await import('../commands/runs-control.ts')).pauseRun(context, id, options)),
    );
  runs
    .command('resume')
    .argument('<id>', 'run id')
    .description('let a paused run go on from its checkpoints')
    .option('--watch', 'follow the run to its end', false)
    .option('--max-usd <amount>', 'what it may cost from now on, in USD')
    .option(...DRY_RUN, false)
    .action((id, options) =>
      act(async (context) => (await import('../commands/runs-control.ts')).resumeRun(context, id, options)),
    );
}

/** What makes a new run out of an old one. */
function copying(runs: Command, name: string, description: string, from: string): Command {
  return runs
    .command(name)
    .argument('<id>', 'run id')
    .description(description)
    .addOption(new Option('--from <phase>', from).choices(SLUGS))
    .option('--fresh', 'begin phases at their first step even where there are checkpoints', false)
    .option('--idempotency-key <key>', 'the same key with the same request gives the same run')
    .option('--watch', 'follow the new run to its end', false)
    .option(...DRY_RUN, false);
}

function addCopying(runs: Command, act: Act): void {
  copying(
    runs,
    'retry',
    'repeat a run that has ended, as a new run that reuses the phases before',
    'first phase to run again (default: the first that has not succeeded)',
  ).action((id, options) =>
    act(async (context) => (await import('../commands/runs-control.ts')).retryRun(context, id, options)),
  );
  copying(
    runs,
    'fork',
    'make a new run with other settings that reuses what they do not change',
    'run this phase and the ones after it again, whatever has changed',
  )
    .option(
      '--set <key=value>',
      'what is to be different, as in seed=2 or config.cognate.steps=40',
      collect,
      [],
    )
    .option('--checkpoint <checkpoint>', 'go on from there: a step, or 8 or more digits of its SHA-256')
    .addOption(
      new Option('--phase <phase>', 'whose checkpoint it is, where a step is not enough').choices(SLUGS),
    )
    .action((id, options) =>
      act(async (context) => (await import('../commands/runs-control.ts')).forkRun(context, id, options)),
    );
}

function addCheckpoints(runs: Command, act: Act): void {
  runs
    .command('checkpoints')
    .argument('<id>', 'run id')
    .description('list the checkpoints that a run keeps; each can be forked from')
    .addOption(new Option('--phase <phase>', 'those of one phase').choices(SLUGS))
    .action((id, options) =>
      act(async (context) =>
        (await import('../commands/runs-checkpoints.ts')).listCheckpoints(context, id, options),
      ),
    );
}

export function addControlVerbs(runs: Command, act: Act): void {
  addCheckpoints(runs, act);
  addGoingOn(runs, act);
  addCopying(runs, act);
}
