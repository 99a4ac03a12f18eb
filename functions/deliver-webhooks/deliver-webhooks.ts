/** Looks for deliveries whose time has come, of every tenant, and tries them. */
import { type DeliveryPorts, deliverWebhooks } from '#core/application/commands/deliver-webhooks.ts';
import type { TaskFunction } from '../shared/task-function.ts';

export function createDeliverWebhooks(ports: DeliveryPorts): TaskFunction {
  return async () => ({ tried: await deliverWebhooks(ports) });
}
