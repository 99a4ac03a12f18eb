/** Asks before something is lost. */
import type { Context } from './context.ts';
import { CliError } from './errors.ts';

/** Throws unless the person agrees: with `--yes`, or with "yes" on a terminal. */
export async function confirm(
  { io }: Context,
  what: string,
  { yes }: { readonly yes: boolean },
): Promise<void> {
  if (yes) return;
  const answer = await io.ask(`${what} [y/N] `);
  if (answer === null)
    throw new CliError('validation', `${what} Nobody can be asked here: this is no terminal.`, {
      code: 'confirmation_needed',
      hint: 'Say so on the command line: --yes',
    });
  if (/^y(es)?$/i.test(answer.trim())) return;
  throw new CliError('cancelled', 'Nothing was changed.', { code: 'declined' });
}
