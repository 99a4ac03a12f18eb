/** Reading runs, corpora, presets and tenants from DynamoDB. */
import { createHash } from 'node:crypto';
import type { Corpus } from '#core/domain/corpus.ts';
import { builtInPresets, type Preset } from '#core/domain/preset.ts';
import type { Run } from '#core/domain/run.ts';
import type { RunSummary } from '#core/domain/run-summary.ts';
import type { Upload } from '#core/domain/upload.ts';
import type { CorpusReader } from '#core/ports/corpus-reader.ts';
import type { PresetReader } from '#core/ports/preset-reader.ts';
import type { RunReader } from '#core/ports/run-reader.ts';
import type { TenantReader } from '#core/ports/tenant-reader.ts';
import type { UploadReader } from '#core/ports/upload-reader.ts';
import { documentOf, documentsOf } from './dynamo-documents.ts';
import { everyRow, itemsNamed, pageOfPartition } from './dynamo-lists.ts';
import type { DynamoTable } from './dynamo-table.ts';
import { type Item, type Key, keyOf, partitionOf } from './table-layout.ts';

/** Keys of people have any length and any characters; their hash has not. */
export function idempotencyKeyOf(tenant: string, key: string): Key {
  return keyOf('idempotency', { tenant, hash: createHash('sha256').update(key).digest('hex') });
}

export function dynamoRunReader(table: DynamoTable): RunReader {
  return {
    async get(tenant, id) {
      const item = await table.get(keyOf('run', { tenant, run: id }));
      return item && documentOf<Run>(table, item);
    },
    list(tenant, { status }, page) {
      const summaries = (items: readonly Item[]) => documentsOf<RunSummary>(table, items);
      if (status === undefined) {
        return pageOfPartition(table, { pk: partitionOf('runRow', { tenant }), recordsOf: summaries }, page);
      }
      const keyOfRow = (run: string) => keyOf('runRow', { tenant, run });
      const source = {
        pk: partitionOf('runOfStatus', { tenant, status }),
        recordsOf: async (rows: readonly Item[]) => summaries(await itemsNamed(table, rows, keyOfRow)),
        // It may have moved on between the two reads.
        wanted: (run: RunSummary) => run.status === status,
      };
      return pageOfPartition(table, source, page);
    },
    async byIdempotencyKey(tenant, key, now) {
      const item = await table.get(idempotencyKeyOf(tenant, key));
      // DynamoDB deletes what has expired within days, not at once.
      if (!item || String(item.expiresAt) <= now) return null;
      return { runId: String(item.run), bodyHash: String(item.bodyHash) };
    },
  };
}

export function dynamoCorpusReader(table: DynamoTable): CorpusReader {
  const get: CorpusReader['get'] = async (tenant, id) => {
    const item = await table.get(keyOf('corpus', { tenant, corpus: id }));
    return item && documentOf<Corpus>(table, item);
  };
  const newestOf = async (tenant: string, pk: string): Promise<Corpus | null> => {
    const [row] = await table.query(pk, { order: 'falling', limit: 1 });
    return row ? get(tenant, row.sk) : null;
  };
  return {
    get,
    list(tenant, page) {
      const recordsOf = (items: readonly Item[]) => documentsOf<Corpus>(table, items);
      return pageOfPartition(table, { pk: partitionOf('corpus', { tenant }), recordsOf }, page);
    },
    byName: (tenant, name) => newestOf(tenant, partitionOf('corpusOfName', { tenant, name })),
    byHash: (tenant, sha256) => newestOf(tenant, partitionOf('corpusOfHash', { tenant, sha256 })),
  };
}

export function dynamoUploadReader(table: DynamoTable): UploadReader {
  return {
    async byContent(tenant, contentHash) {
      const row = await table.get(keyOf('uploadOfContent', { tenant, hash: contentHash }));
      const item = row && (await table.get(keyOf('upload', { tenant, upload: String(row.upload) })));
      return item && documentOf<Upload>(table, item);
    },
    list(tenant, page) {
      const recordsOf = (items: readonly Item[]) => documentsOf<Upload>(table, items);
      return pageOfPartition(table, { pk: partitionOf('upload', { tenant }), recordsOf }, page);
    },
  };
}

export function dynamoPresetReader(table: DynamoTable): PresetReader {
  return {
    async get(tenant, name) {
      const builtIn = builtInPresets(tenant).find((preset) => preset.name === name);
      if (builtIn) return builtIn;
      const item = await table.get(keyOf('preset', { tenant, name }));
      return item && documentOf<Preset>(table, item);
    },
    async list(tenant) {
      const items = await everyRow(table, partitionOf('preset', { tenant }));
      return [...builtInPresets(tenant), ...(await documentsOf<Preset>(table, items))];
    },
  };
}

export function dynamoTenantReader(table: DynamoTable): TenantReader {
  return {
    async list() {
      const items = await everyRow(table, partitionOf('tenant', {}));
      return items.map(({ sk }) => sk.slice('T#'.length));
    },
  };
}
