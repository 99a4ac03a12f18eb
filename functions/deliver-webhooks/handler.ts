/** deliver-webhooks on AWS Lambda, called each minute. */
import { ownPorts, readEnvironment, secretPort, tablePorts } from '#adapters/aws/ports.ts';
import { guardedSender } from '#adapters/outbound/guarded-sender.ts';
import { createDeliverWebhooks } from './deliver-webhooks.ts';

const environment = readEnvironment(['FORGE_TABLE', 'FORGE_SECRET_PREFIX']);
const secrets = secretPort(environment);

export const handler = createDeliverWebhooks({
  ...ownPorts,
  ...tablePorts(environment),
  outbound: guardedSender(),
  webhookKey: {
    read: () =>
      secrets.readOrMake('webhook-key', () => Buffer.from(ownPorts.entropy.bytes(32)).toString('hex')),
  },
});
