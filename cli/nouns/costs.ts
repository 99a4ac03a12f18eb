/** `forge costs` */
import { type Command, Option } from 'commander';
import type { Act } from './act.ts';

const BY = ['run', 'phase', 'model', 'attempt'];

export function addCostVerbs(program: Command, act: Act): void {
  program
    .command('costs')
    .description('what runs have cost, beside what was planned')
    .addOption(new Option('--by <what>', 'what is summed').choices(BY).default('run'))
    .option('--run <id>', 'of one run; otherwise of the newest ones')
    .action((options) =>
      act(async (context) => (await import('../commands/costs.ts')).listCosts(context, options)),
    );
}
