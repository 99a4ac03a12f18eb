/** `forge quotas …` */
import type { Command } from 'commander';
import type { Act } from './act.ts';
import { atLeast, byteSize, wholeNumber } from './option-values.ts';

/** `any` takes a limit away. */
const orAny =
  (read: (text: string) => number) =>
  (text: string): number | 'any' =>
    text === 'any' ? text : read(text);

export function addQuotaVerbs(program: Command, act: Act): void {
  const quotas = program.command('quotas').description('what the tenant may use, and what it does use');
  quotas
    .command('get')
    .description('show limits and what of them is used')
    .action(() => act(async (context) => (await import('../commands/quotas.ts')).getQuota(context)));
  quotas
    .command('set')
    .description('change limits; what is not named stays, `any` takes a limit away; for admins')
    .option('--requests-per-minute <n>', 'any: what the deployment says', orAny(wholeNumber(1)))
    .option('--concurrent-runs <n>', 'runs that work or wait to, at one time', orAny(wholeNumber(0)))
    .option('--gpu-hours-per-month <n>', 'of single GPUs, UTC', orAny(atLeast(0)))
    .option('--stored-bytes <size>', 'of all models and corpora, as 500GB', orAny(byteSize))
    .option('--upload-bytes <size>', 'of one upload, as 2GB', orAny(byteSize))
    .action((options) =>
      act(async (context) => (await import('../commands/quotas.ts')).setQuota(context, options)),
    );
}
