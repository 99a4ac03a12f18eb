/** `forge demo`, `serve`, `doctor`, `gc`, `version`: what concerns this machine. */
import { type Command, Option } from 'commander';
import type { Act } from './act.ts';
import { atLeast, wholeNumber } from './option-values.ts';

function addGarbage(program: Command, act: Act): void {
  program
    .command('gc')
    .description(
      'free what nothing needs any more: working files of chosen runs, expired deletions, stray blobs',
    )
    .option('--dry-run', 'only say what would be freed', false)
    .option('--older-than-days <n>', 'working files of runs that ended so long ago', atLeast(0))
    .option('--keep-latest <n>', 'working files of all but the newest n runs', wholeNumber(0))
    .option('--run <id>', 'working files of this run')
    .option('--test-runs', 'working files of runs of the preset "test" or labelled "purpose: test"', false)
    .option('--yes', 'do not ask', false)
    .action((options) =>
      act(async (context) => (await import('../commands/gc.ts')).collectGarbage(context, options)),
    );
}

export function addMachineVerbs(program: Command, act: Act, version: string): void {
  program
    .command('demo')
    .description(
      'start a server if there is none, register real text, run examples/demo.yaml and show what came out',
    )
    .option('--file <file>', 'another run document')
    .action((options) =>
      act(async (context) => (await import('../commands/demo.ts')).runDemo(context, options)),
    );
  program
    .command('serve')
    .description(
      'run the local server in the foreground; Ctrl-C stops it, its jobs go on with the next start',
    )
    .option(
      '--port <port>',
      'port to listen on (also: FORGE_PORT; default 4505 or the next free one)',
      wholeNumber(0),
    )
    .action((options) =>
      act(async (context) => (await import('../commands/serve.ts')).serve(context, options)),
    );
  program
    .command('doctor')
    .description('check what this machine needs, and say how to get what is missing')
    .addOption(
      new Option(
        '--profile <name>',
        'aws: also what runs in an account need: credentials, region, bootstrap, quota of GPUs, image',
      )
        .choices(['local', 'aws'])
        .default('local'),
    )
    .action(({ profile }) =>
      act(async (context) =>
        (await import('../commands/doctor.ts')).runDoctor(context, { aws: profile === 'aws' }),
      ),
    );
  addGarbage(program, act);
  program
    .command('version')
    .description('print the version')
    .action(() =>
      act(async (context) => (await import('../commands/version.ts')).showVersion(context, version)),
    );
}
