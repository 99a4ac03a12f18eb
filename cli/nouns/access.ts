/** `forge keys …`, `forge audit …` */
import { type Command, Option } from 'commander';
import type { KeyBody } from '../client/records.ts';
import type { Act } from './act.ts';
import { wholeNumber } from './option-values.ts';

/** Every role that the API knows: one that is missing here does not compile. */
const ROLES = Object.keys({
  viewer: true,
  runner: true,
  maintainer: true,
  admin: true,
} satisfies Record<KeyBody['role'], true>);

export function addAccessVerbs(program: Command, act: Act): void {
  addKeyVerbs(program, act);
  const audit = program.command('audit').description('who asked for which change');
  audit
    .command('list')
    .description('list the changes that were asked for, newest first; for admins')
    .option('--limit <n>', 'most rows', wholeNumber(1), 50)
    .action((options) =>
      act(async (context) => (await import('../commands/audit-list.ts')).listAudit(context, options)),
    );
}

function addKeyVerbs(program: Command, act: Act): void {
  const keys = program.command('keys').description('keys with which other programs use the API; for admins');
  keys
    .command('create')
    .argument('<name>', 'what the key is for')
    .description('make a key and print it, this once')
    .addOption(new Option('--role <role>', 'what it may do').choices(ROLES).default('runner'))
    .option('--expires <days>', 'how long it is good for', wholeNumber(1), 90)
    .option('--no-expires', 'it never expires')
    .action((name, { role, expires }) =>
      act(async (context) =>
        (await import('../commands/keys-create.ts')).createKey(context, name, {
          role,
          expiresInDays: expires === false ? null : expires,
        }),
      ),
    );
  keys
    .command('list')
    .description('list keys by what is known of them; nobody can show a key again')
    .option('--limit <n>', 'most rows', wholeNumber(1), 50)
    .action((options) =>
      act(async (context) => (await import('../commands/keys-list.ts')).listKeys(context, options)),
    );
  keys
    .command('revoke')
    .argument('<id>', 'id of the key')
    .description('end a key for good')
    .option('--yes', 'do not ask', false)
    .action((id, options) =>
      act(async (context) => (await import('../commands/keys-revoke.ts')).revokeKey(context, id, options)),
    );
}
