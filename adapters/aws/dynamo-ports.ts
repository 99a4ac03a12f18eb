/** The ports that the table is behind, wired. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ofTenants } from '#core/domain/tenant.ts';
import type { ConnectionReader } from '#core/ports/connection-reader.ts';
import type { ConnectionWriter } from '#core/ports/connection-writer.ts';
import type { EventReader } from '#core/ports/event-reader.ts';
import type { EventWriter } from '#core/ports/event-writer.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { RateCounter } from '#core/ports/rate-counter.ts';
import { type Backoff, fullJitter } from './backoff.ts';
import { dynamoAuditReader, dynamoKeyReader } from './dynamo-access-readers.ts';
import { dynamoConnections } from './dynamo-connections.ts';
import { dynamoCostReader } from './dynamo-costs.ts';
import { dynamoEventLog } from './dynamo-event-log.ts';
import { dynamoMetricReader, dynamoMetricWriter } from './dynamo-metric-log.ts';
import { dynamoModelReader } from './dynamo-model-reader.ts';
import { dynamoQuotaReader } from './dynamo-quotas.ts';
import { dynamoRateCounter } from './dynamo-rate-counter.ts';
import {
  dynamoCorpusReader,
  dynamoPresetReader,
  dynamoRunReader,
  dynamoTenantReader,
  dynamoUploadReader,
} from './dynamo-readers.ts';
import { dynamoRegistryWriter } from './dynamo-registry-writer.ts';
import { dynamoTable } from './dynamo-table.ts';
import { dynamoTransactions } from './dynamo-transactions.ts';
import { dynamoWebhookReader } from './dynamo-webhook-reader.ts';

export type DynamoPorts = Pick<
  Ports,
  | 'runs'
  | 'models'
  | 'corpora'
  | 'presets'
  | 'tenants'
  | 'keys'
  | 'quotas'
  | 'costs'
  | 'audit'
  | 'uploads'
  | 'webhooks'
  | 'metrics'
  | 'metricLog'
  | 'events'
  | 'eventLog'
  | 'registry'
> & { readonly rateCounter: RateCounter; readonly connections: ConnectionReader & ConnectionWriter };

/** About six seconds at most, four on average. */
const CONTENTION = { tries: 14, baseMs: 20, capMs: 800 };
export function dynamoPorts(
  client: DynamoDBClient,
  tableName: string,
  backoff: Backoff = fullJitter(CONTENTION),
): DynamoPorts {
  const table = dynamoTable(client, tableName, backoff);
  const transactions = dynamoTransactions(table, backoff);
  const eventLog = dynamoEventLog(table, transactions);
  return {
    rateCounter: ofTenants(dynamoRateCounter(table)),
    runs: ofTenants(dynamoRunReader(table)),
    models: ofTenants(dynamoModelReader(table)),
    corpora: ofTenants(dynamoCorpusReader(table)),
    presets: ofTenants(dynamoPresetReader(table)),
    tenants: dynamoTenantReader(table),
    quotas: ofTenants(dynamoQuotaReader(table)),
    costs: ofTenants(dynamoCostReader(table)),
    keys: ofTenants(dynamoKeyReader(table)),
    audit: ofTenants(dynamoAuditReader(table)),
    uploads: ofTenants(dynamoUploadReader(table)),
    webhooks: ofTenants(dynamoWebhookReader(table)),
    connections: dynamoConnections(table),
    metrics: ofTenants(dynamoMetricReader(table)),
    metricLog: ofTenants(dynamoMetricWriter(table, transactions)),
    events: ofTenants<EventReader>(eventLog),
    eventLog: ofTenants<EventWriter>(eventLog),
    registry: ofTenants(dynamoRegistryWriter(table, eventLog, transactions)),
  };
}
