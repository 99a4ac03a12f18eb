/** forge webhooks create|list|deliveries|test|delete */
import type { WebhookToCreate } from '../client/records.ts';
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { formatTime } from '../output/figures.ts';
import { renderFacts, renderTable } from '../output/table.ts';

export async function createWebhook(
  { client, console }: Context,
  url: string,
  { event }: { readonly event: readonly string[] },
): Promise<number> {
  const events = event.length > 0 ? { events: event as NonNullable<WebhookToCreate['events']> } : {};
  const made = await client.createWebhook({ url, ...events });
  console.data(made, (paint) =>
    renderFacts(
      [
        ['webhook', made.webhook.id],
        ['url', made.webhook.url],
        ['events', made.webhook.events.join(', ')],
        ['secret', made.secret],
      ],
      paint,
    ),
  );
  console.note('Keep the secret: it is not shown again. See docs/webhooks.md for how to check signatures.');
  return 0;
}

export async function listWebhooks({ client, console }: Context): Promise<number> {
  const found = await client.listWebhooks();
  const rows = found.items.map(({ id, url, active, failures, events }) => [
    id,
    active ? 'active' : 'disabled',
    String(failures),
    events.join(', '),
    url,
  ]);
  console.data(found, (paint) => renderTable(['webhook', 'state', 'failures', 'events', 'url'], rows, paint));
  return 0;
}

export async function listDeliveries({ client, console }: Context, id: string): Promise<number> {
  const found = await client.listDeliveries(id);
  const rows = found.items.map((each) => [
    each.id,
    each.type,
    each.run ?? '-',
    each.status,
    String(each.attempts),
    each.nextAttemptAt === null ? '-' : formatTime(each.nextAttemptAt),
    each.outcome ?? '-',
  ]);
  const header = ['delivery', 'event', 'run', 'status', 'attempts', 'next (UTC)', 'outcome'];
  console.data(found, (paint) => renderTable(header, rows, paint));
  return 0;
}

/** Exit code 1 where the message was not taken. */
export async function testWebhook({ client, console }: Context, id: string): Promise<number> {
  const tested = await client.testWebhook(id);
  console.data(tested, () => `${tested.delivered ? 'delivered' : 'not delivered'}: ${tested.outcome}`);
  return tested.delivered ? 0 : 1;
}

export async function deleteWebhook(
  context: Context,
  id: string,
  options: { readonly yes: boolean },
): Promise<number> {
  const { client, console } = context;
  await confirm(context, `Delete the webhook ${id}?`, options);
  await client.deleteWebhook(id);
  console.data({ deleted: id }, () => `${id} is deleted`);
  return 0;
}
