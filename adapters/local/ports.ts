/** The embedded ports: SQLite, a directory and the engine, wired. */
import { createHash, randomBytes } from 'node:crypto';
import { ofTenants } from '#core/domain/tenant.ts';
import type { EventReader } from '#core/ports/event-reader.ts';
import type { EventWriter } from '#core/ports/event-writer.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { Workflow } from '#core/ports/workflow.ts';
import { directoryBlobStore } from './directory-blob-store.ts';
import { sqliteAuditReader, sqliteKeyReader } from './sqlite-access-readers.ts';
import { sqliteCostReader } from './sqlite-costs.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { sqliteEventLog } from './sqlite-event-log.ts';
import type { HandOvers } from './sqlite-hand-overs.ts';
import { sqliteMetricWriter } from './sqlite-metric-writer.ts';
import { sqliteModelReader } from './sqlite-model-reader.ts';
import { sqliteQuotaReader } from './sqlite-quotas.ts';
import {
  sqliteCorpusReader,
  sqliteMetricReader,
  sqlitePresetReader,
  sqliteRunReader,
  sqliteTenantReader,
} from './sqlite-readers.ts';
import { sqliteRegistryWriter } from './sqlite-registry-writer.ts';
import { sqliteUploadReader } from './sqlite-uploads.ts';
import { sqliteWebhookReader } from './sqlite-webhook-reader.ts';
import type { UrlSigner } from './url-signer.ts';

export function localPorts(facts: {
  database: SqliteDatabase;
  bucket: string;
  signer: UrlSigner;
  workflow: Workflow;
  /** @default no event is handed to anybody */
  handOvers?: HandOvers;
}): Ports {
  const { database, bucket, signer, workflow, handOvers } = facts;
  const eventLog = sqliteEventLog(database, handOvers);
  const blobs = directoryBlobStore(bucket, signer);
  return {
    runs: ofTenants(sqliteRunReader(database)),
    models: ofTenants(sqliteModelReader(database)),
    corpora: ofTenants(sqliteCorpusReader(database)),
    presets: ofTenants(sqlitePresetReader(database)),
    tenants: sqliteTenantReader(database),
    quotas: ofTenants(sqliteQuotaReader(database)),
    costs: ofTenants(sqliteCostReader(database)),
    keys: ofTenants(sqliteKeyReader(database)),
    audit: ofTenants(sqliteAuditReader(database)),
    uploads: ofTenants(sqliteUploadReader(database)),
    webhooks: ofTenants(sqliteWebhookReader(database)),
    metrics: ofTenants(sqliteMetricReader(database)),
    events: ofTenants<EventReader>(eventLog),
    eventLog: ofTenants<EventWriter>(eventLog),
    registry: ofTenants(sqliteRegistryWriter(database, eventLog)),
    metricLog: ofTenants(sqliteMetricWriter(database)),
    blobs,
    blobWriter: blobs,
    workflow,
    clock: { now: () => new Date() },
    entropy: { bytes: (count) => randomBytes(count) },
    hasher: { sha256: (text) => createHash('sha256').update(text).digest('hex') },
  };
}
