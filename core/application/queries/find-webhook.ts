/** A webhook by its id, and its latest messages. Whoever may not change webhooks does not see them: addresses hold tokens. */
import { ForgeError } from '../../domain/errors.ts';
import type { Ulid } from '../../domain/ids.ts';
import { type Principal, requireRole } from '../../domain/principal.ts';
import type { Delivery, Webhook } from '../../domain/webhook.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import type { Page, PageRequest } from '../../ports/run-reader.ts';

type WebhookPorts = Pick<ReadPorts, 'webhooks'>;

export async function findWebhook(ports: WebhookPorts, principal: Principal, id: Ulid): Promise<Webhook> {
  requireRole(principal, 'maintainer');
  const found = await ports.webhooks.get(principal.tenant, id);
  if (found) return found;
  throw new ForgeError('not_found', `There is no webhook "${id}".`, {
    hint: 'List them with `forge webhooks list`.',
  });
}

export async function listWebhooks(ports: WebhookPorts, principal: Principal): Promise<readonly Webhook[]> {
  requireRole(principal, 'maintainer');
  return ports.webhooks.list(principal.tenant);
}

export async function listDeliveries(
  ports: WebhookPorts,
  principal: Principal,
  id: Ulid,
  page: PageRequest,
): Promise<Page<Delivery>> {
  const { id: webhook } = await findWebhook(ports, principal, id);
  return ports.webhooks.deliveries(principal.tenant, webhook, page);
}
