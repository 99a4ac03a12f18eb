/** `forge merge` */
import type { Command } from 'commander';
import type { Act } from './act.ts';
import { byteSize, collect, wholeNumber } from './option-values.ts';

export function addMergeVerb(program: Command, act: Act): void {
  program
    .command('merge')
    .argument('<file>', 'recipe, YAML or JSON, such as a mergekit configuration; - reads standard input')
    .description('merge model folders of this machine into a new one, without a server')
    .option('--out <dir>', 'folder to make; it must not exist, or be empty')
    .option('--model <name=dir>', 'where a model lies that the recipe calls NAME', collect, [])
    .option('--seed <n>', 'of random masks, instead of the one of the recipe', wholeNumber(0))
    .option('--shard-size <size>', 'split the weights into files of at most so much, as in 2GB', byteSize)
    .option('--dry-run', 'check everything, say what would be made and the memory it takes', false)
    .action((file, options) =>
      act(async (context) => (await import('../commands/merge.ts')).mergeModels(context, file, options)),
    );
}
