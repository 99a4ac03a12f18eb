/** `forge inbox …` */
import type { Command } from 'commander';
import type { Act } from './act.ts';
import { wholeNumber } from './option-values.ts';

export function addInboxVerbs(program: Command, act: Act): void {
  const inbox = program.command('inbox').description('upload a model and let a rule start its run');
  inbox
    .command('send')
    .argument('<dir>', 'a model folder: model.safetensors, config.json, tokenizer.json')
    .description('upload a model folder; the rule whose pattern fits its name starts a run')
    .option('--folder <name>', 'name of the folder in the inbox (default: that of the folder here)')
    .option('--name <name>', 'name of the model (default: that of the folder in the inbox)')
    .option('--licence <text>', 'SPDX expression or short text: what the model may be used for')
    .action((dir, options) =>
      act(async (context) => (await import('../commands/inbox-send.ts')).sendToInbox(context, dir, options)),
    );
  inbox
    .command('list')
    .description('what became of uploads: runs that were started, and refusals with their reason')
    .option('--limit <n>', 'most rows', wholeNumber(1), 50)
    .action((options) =>
      act(async (context) => (await import('../commands/inbox-list.ts')).listInbox(context, options)),
    );
}
