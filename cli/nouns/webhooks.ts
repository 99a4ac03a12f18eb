/** `forge webhooks …` */
import type { Command } from 'commander';
import type { Act } from './act.ts';
import { collect } from './option-values.ts';

export function addWebhookVerbs(program: Command, act: Act): void {
  const webhooks = program.command('webhooks').description('tell other systems what happens to runs');
  webhooks
    .command('create')
    .argument('<url>', 'https:// address of a public host')
    .description('send events to an address; its secret is shown this once')
    .option('--event <type>', 'as RunFailed; may be repeated (default: the ends of runs)', collect, [])
    .action((url, options) =>
      act(async (context) => (await import('../commands/webhooks.ts')).createWebhook(context, url, options)),
    );
  webhooks
    .command('list')
    .description('list webhooks')
    .action(() => act(async (context) => (await import('../commands/webhooks.ts')).listWebhooks(context)));
  webhooks
    .command('deliveries')
    .argument('<id>', 'webhook id')
    .description('list the latest messages to a webhook and what came of them')
    .action((id) =>
      act(async (context) => (await import('../commands/webhooks.ts')).listDeliveries(context, id)),
    );
  webhooks
    .command('test')
    .argument('<id>', 'webhook id')
    .description('send a test message at once; a disabled webhook that takes it is active again')
    .action((id) =>
      act(async (context) => (await import('../commands/webhooks.ts')).testWebhook(context, id)),
    );
  webhooks
    .command('delete')
    .argument('<id>', 'webhook id')
    .description('delete a webhook; what waits for it is not sent any more')
    .option('--yes', 'do not ask', false)
    .action((id, options) =>
      act(async (context) => (await import('../commands/webhooks.ts')).deleteWebhook(context, id, options)),
    );
}
