/** `forge completion …` */
import { Argument, type Command } from 'commander';
import type { Act } from './act.ts';

export function addShellVerbs(program: Command, act: Act): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'the shell that is to complete').choices(['bash', 'zsh', 'fish']))
    .description(
      'print a script that completes commands and options, for example: source <(forge completion bash)',
    )
    .action((shell) =>
      act(async (context) =>
        (await import('../commands/completion.ts')).printCompletion(context, program, shell),
      ),
    );
}
