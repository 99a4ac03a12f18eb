/** Conditional writes to SQLite: all changes of a commit in one transaction, each under the version it expects. */
import { ForgeError } from '#core/domain/errors.ts';
import type { Model } from '#core/domain/model.ts';
import type { Change, RegistryWriter } from '#core/ports/registry-writer.ts';
import { aliasHandler } from './sqlite-alias-writer.ts';
import { costHandler } from './sqlite-costs.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { SqliteEventLog } from './sqlite-event-log.ts';
import { quotaHandlers } from './sqlite-quotas.ts';
import { stale } from './sqlite-stale.ts';
import { uploadHandler } from './sqlite-uploads.ts';
import { webhookHandlers } from './sqlite-webhook-writer.ts';

type Handlers = {
  [Kind in Change['kind']]: (tenant: string, change: Extract<Change, { kind: Kind }>) => void;
};

export function sqliteRegistryWriter(database: SqliteDatabase, eventLog: SqliteEventLog): RegistryWriter {
  const handlers: Handlers = {
    ...recordHandlers(database),
    ...webhookHandlers(database),
    ...accessHandlers(database),
    ...quotaHandlers(database),
    model: modelHandler(database),
    alias: aliasHandler(database),
    cost: costHandler(database),
    upload: uploadHandler(database),
    idempotency: idempotencyHandler(database),
    event: (tenant, { event }) => eventLog.insert(tenant, event),
  };
  const apply = database.transaction((tenant: string, changes: readonly Change[]) => {
    for (const change of changes)
      (handlers[change.kind] as (tenant: string, change: Change) => void)(tenant, change);
  });
  return {
    async commit(tenant, changes) {
      apply.immediate(tenant, changes);
      const runs = changes.flatMap((change) => (change.kind === 'event' ? [change.event.run] : []));
      eventLog.announce(tenant, runs);
    },
  };
}

function recordHandlers(
  database: SqliteDatabase,
): Pick<Handlers, 'run' | 'corpus' | 'preset' | 'delete-preset'> {
  const insertRun = database.prepare(
    'INSERT INTO runs (tenant, id, status, version, document) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const updateRun = database.prepare(
    'UPDATE runs SET status = ?, version = ?, document = ? WHERE tenant = ? AND id = ? AND version = ?',
  );
  const insertCorpus = database.prepare(
    'INSERT INTO corpora (tenant, id, name, sha256, document) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const insertPreset = database.prepare(
    'INSERT INTO presets (tenant, name, record_version, document) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const updatePreset = database.prepare(
    'UPDATE presets SET record_version = ?, document = ? WHERE tenant = ? AND name = ? AND record_version = ?',
  );
  const deletePreset = database.prepare(
    'DELETE FROM presets WHERE tenant = ? AND name = ? AND record_version = ?',
  );
  return {
    run(tenant, { run, expected }) {
      const text = JSON.stringify(run);
      const { changes } =
        expected === null
          ? insertRun.run(tenant, run.id, run.status, run.version, text)
          : updateRun.run(run.status, run.version, text, tenant, run.id, expected);
      if (changes !== 1) throw stale(`Run ${run.id}`, expected);
    },
    corpus(tenant, { corpus, expected }) {
      const { changes } = insertCorpus.run(
        tenant,
        corpus.id,
        corpus.name,
        corpus.sha256,
        JSON.stringify(corpus),
      );
      if (changes !== 1) throw stale(`Corpus ${corpus.id}`, expected);
    },
    preset(tenant, { preset, expected }) {
      const text = JSON.stringify(preset);
      const { changes } =
        expected === null
          ? insertPreset.run(tenant, preset.name, preset.recordVersion, text)
          : updatePreset.run(preset.recordVersion, text, tenant, preset.name, expected);
      if (changes !== 1) throw stale(`Preset ${preset.name}`, expected);
    },
    'delete-preset'(tenant, { name, expected }) {
      if (deletePreset.run(tenant, name, expected).changes !== 1) throw stale(`Preset ${name}`, expected);
    },
  };
}

function accessHandlers(database: SqliteDatabase): Pick<Handlers, 'key' | 'audit'> {
  const insertKey = database.prepare(
    'INSERT INTO api_keys (tenant, id, record_version, document) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const updateKey = database.prepare(
    'UPDATE api_keys SET record_version = ?, document = ? WHERE tenant = ? AND id = ? AND record_version = ?',
  );
  const insertEntry = database.prepare(
    'INSERT INTO audit (tenant, id, document) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  return {
    key(tenant, { key, expected }) {
      const text = JSON.stringify(key);
      const { changes } =
        expected === null
          ? insertKey.run(tenant, key.id, key.recordVersion, text)
          : updateKey.run(key.recordVersion, text, tenant, key.id, expected);
      if (changes !== 1) throw stale(`API key ${key.id}`, expected);
    },
    audit(tenant, { entry }) {
      if (insertEntry.run(tenant, entry.id, JSON.stringify(entry)).changes === 1) return;
      throw stale(`Audit entry ${entry.id}`, null);
    },
  };
}

function modelHandler(database: SqliteDatabase): Handlers['model'] {
  const last = database.prepare('SELECT MAX(version) AS version FROM models WHERE tenant = ? AND name = ?');
  const insert = database.prepare(
    `INSERT INTO models (tenant, id, name, version, run_id, phase, status, record_version, document)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const update = database.prepare(
    'UPDATE models SET status = ?, record_version = ?, document = ? WHERE tenant = ? AND id = ? AND record_version = ?',
  );
  const insertParent = database.prepare(
    'INSERT INTO model_parents (tenant, child, parent, relation, weight) VALUES (?, ?, ?, ?, ?)',
  );
  const create = (tenant: string, model: Model) => {
    const { version } = last.get(tenant, model.name) as { version: number | null };
    if (model.version !== (version ?? 0) + 1) throw stale(`Model ${model.name}`, model.version - 1);
    const { id, name, runId, phase, status, recordVersion } = model;
    const text = JSON.stringify(model);
    const { changes } = insert.run(
      tenant,
      id,
      name,
      model.version,
      runId,
      phase,
      status,
      recordVersion,
      text,
    );
    if (changes !== 1) throw stale(`Model ${id}`, null);
    for (const parent of model.parents)
      insertParent.run(tenant, id, parent.modelId, parent.relation, parent.weight);
  };
  return (tenant, { model, expected }) => {
    if (expected === null) return create(tenant, model);
    const { status, recordVersion, id } = model;
    const { changes } = update.run(status, recordVersion, JSON.stringify(model), tenant, id, expected);
    if (changes !== 1) throw stale(`Model ${id}`, expected);
  };
}

function idempotencyHandler(database: SqliteDatabase): Handlers['idempotency'] {
  const expire = database.prepare('DELETE FROM idempotency WHERE tenant = ? AND key = ? AND expires_at <= ?');
  const insert = database.prepare(
    'INSERT INTO idempotency (tenant, key, body_hash, run_id, expires_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  return (tenant, { key, bodyHash, runId, now, expiresAt }) => {
    expire.run(tenant, key, now);
    if (insert.run(tenant, key, bodyHash, runId, expiresAt).changes === 1) return;
    throw new ForgeError('conflict', `The Idempotency-Key "${key}" is in use.`, {
      code: 'idempotency_key_in_use',
      retryAfterSeconds: 1,
    });
  };
}
