/** `forge plan`, `forge validate` */
import type { Command } from 'commander';
import type { Act } from './act.ts';
import { collect } from './option-values.ts';

const FILE = 'run document, YAML or JSON; - reads standard input';
const SET = 'change one value of the document, as in config.cognate.steps=40';

export function addDocumentVerbs(program: Command, act: Act): void {
  program
    .command('plan')
    .argument('<file>', FILE)
    .description('show what a run would do, or why it would be refused; submits nothing')
    .option('--set <key=value>', SET, collect, [])
    .action((file, options) =>
      act(async (context) => (await import('../commands/plan.ts')).planDocument(context, file, options)),
    );
  program
    .command('validate')
    .argument('<file>', FILE)
    .description('check a run document without a server; problems come with file:line:col')
    .option('--set <key=value>', SET, collect, [])
    .action((file, options) =>
      act(async (context) =>
        (await import('../commands/validate.ts')).validateDocument(context, file, options),
      ),
    );
}
