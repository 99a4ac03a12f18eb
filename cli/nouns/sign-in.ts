/** `forge login`, `forge logout` */
import type { Command } from 'commander';
import type { Act } from './act.ts';

export function addSignInVerbs(program: Command, act: Act): void {
  program
    .command('login')
    .description('sign in at a deployed stage by the browser')
    .option('--stage <name>', 'stage that was deployed from this checkout', 'dev')
    .option('--no-browser', 'only print the address')
    .action((options) =>
      act(async (context) => (await import('../commands/login.ts')).login(context, options)),
    );
  program
    .command('logout')
    .description('forget who is signed in at a deployed stage, and end the tokens')
    .option('--stage <name>', 'stage that was deployed from this checkout', 'dev')
    .action((options) =>
      act(async (context) => (await import('../commands/login.ts')).logout(context, options)),
    );
}
