/** `forge demo`, `serve`, `doctor`, `version`: what concerns this machine. */
import type { Command } from 'commander';
import type { Act } from './act.ts';
import { wholeNumber } from './option-values.ts';

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
    .action(() => act(async (context) => (await import('../commands/doctor.ts')).runDoctor(context)));
  program
    .command('version')
    .description('print the version')
    .action(() =>
      act(async (context) => (await import('../commands/version.ts')).showVersion(context, version)),
    );
}
