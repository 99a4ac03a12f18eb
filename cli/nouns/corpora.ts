/** `forge corpora …` */
import type { Command } from 'commander';
import type { Act } from './act.ts';
import { wholeNumber } from './option-values.ts';

export function addCorporaVerbs(program: Command, act: Act): void {
  const corpora = program.command('corpora').description('register text to train on');
  corpora
    .command('add')
    .argument('<path>', 'a folder of text files, one text file, or an NDJSON file of {"id","text"} lines')
    .description('register a corpus; the same files always give the same bytes')
    .option('--name <name>', 'name of the corpus (default: the name of the folder or file)')
    .option('--licence <text>', 'SPDX expression or short text: what the texts may be used for', 'unknown')
    .option('--ext <list>', 'file endings that are text, for example txt,md')
    .action((path, options) =>
      act(async (context) => (await import('../commands/corpora-add.ts')).addCorpus(context, path, options)),
    );
  corpora
    .command('list')
    .description('list registered corpora')
    .option('--limit <n>', 'most rows', wholeNumber(1), 50)
    .action((options) =>
      act(async (context) => (await import('../commands/corpora-list.ts')).listCorpora(context, options)),
    );
}
