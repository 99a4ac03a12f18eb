/** `forge init`, `forge plan`, `forge validate`, `forge schema` */
import { type Command, Option } from 'commander';
import type { Act } from './act.ts';
import { collect } from './option-values.ts';

const FILE = 'run document, YAML or JSON; - reads standard input';
const SET = 'change one value of the document, as in config.cognate.steps=40';

function addWriting(program: Command, act: Act): void {
  program
    .command('init')
    .argument('[dir]', 'folder to write into', '.')
    .description('write a run document to start from, with its schema for editors')
    .addOption(
      new Option('--template <template>', 'tiny runs in seconds; full spells out every setting')
        .choices(['tiny', 'full'])
        .default('tiny'),
    )
    .action((dir, options) =>
      act(async (context) => (await import('../commands/init.ts')).initFolder(context, dir, options)),
    );
  program
    .command('schema')
    .argument('[name]', 'schema, for example run or phases/cognate; without one, lists them')
    .description('print a JSON Schema: of a document, or of what a verb prints with --json')
    .option('--print', 'print it; this is what happens anyway', false)
    .option('--install <file>', 'write the schema beside this document and name it in its first line')
    .action((name, options) =>
      act(async (context) => (await import('../commands/schema.ts')).showSchema(context, name, options)),
    );
}

export function addDocumentVerbs(program: Command, act: Act): void {
  addWriting(program, act);
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
