/** Conditional writes to DynamoDB: all changes of a commit in one transaction, each under the version it expects. */
import { ForgeError } from '#core/domain/errors.ts';
import type { Model } from '#core/domain/model.ts';
import { summaryOf } from '#core/domain/run-summary.ts';
import type { Delivery } from '#core/domain/webhook.ts';
import type { Change, RegistryWriter } from '#core/ports/registry-writer.ts';
import { costStep } from './dynamo-costs.ts';
import type { DynamoEventLog } from './dynamo-event-log.ts';
import { admissionSteps, gpuUseStep } from './dynamo-quotas.ts';
import { idempotencyKeyOf } from './dynamo-readers.ts';
import type { Condition, DynamoTable } from './dynamo-table.ts';
import type { DecidedStep, DynamoTransactions } from './dynamo-transactions.ts';
import { type Item, itemOf, keyOf } from './table-layout.ts';

/** Names that a commit gives to several models follow each other within it. */
interface Commit {
  readonly tenant: string;
  readonly versions: ReadonlySet<string>;
}

type Planners = {
  readonly [Kind in Exclude<Change['kind'], 'event' | 'admit-run'>]: (
    commit: Commit,
    change: Extract<Change, { kind: Kind }>,
  ) => readonly DecidedStep[] | Promise<readonly DecidedStep[]>;
};

/** Kinds of which the first record of a tenant may be. */
const FIRST_RECORDS: readonly Change['kind'][] = ['run', 'model', 'corpus', 'upload', 'webhook'];

const ABSENT: Condition = { text: 'attribute_not_exists(pk)' };

function stale(what: string, expected: number | null): ForgeError {
  if (expected === null) return new ForgeError('conflict', `${what} exists already.`, { code: 'exists' });
  return new ForgeError('conflict', `${what} is no longer at version ${expected}.`, {
    code: 'stale_version',
    hint: 'Read it again and repeat the change.',
  });
}

function at(expected: number | null): Condition {
  if (expected === null) return ABSENT;
  return {
    text: '#version = :expected',
    names: { '#version': 'version' },
    values: { ':expected': expected },
  };
}

function under(what: string, expected: number | null): Pick<DecidedStep, 'condition' | 'refusal'> {
  return { condition: at(expected), refusal: stale(what, expected) };
}

const versionName = ({ name, version }: Pick<Model, 'name' | 'version'>) => `${name}@${version}`;

export function dynamoRegistryWriter(
  table: DynamoTable,
  eventLog: DynamoEventLog,
  transactions: DynamoTransactions,
): RegistryWriter {
  const planners = plannersOf(table);
  const enrol = tenantRegister(table);
  const plan = async (tenant: string, changes: readonly Change[]): Promise<readonly DecidedStep[]> => {
    const models = changes.flatMap((change) =>
      change.kind === 'model' && change.expected === null ? [change.model] : [],
    );
    const commit: Commit = { tenant, versions: new Set(models.map(versionName)) };
    const planned: DecidedStep[] = [];
    for (const change of changes) {
      if (change.kind === 'event' || change.kind === 'admit-run') continue;
      const planOne = planners[change.kind] as (commit: Commit, change: Change) => readonly DecidedStep[];
      planned.push(...(await planOne(commit, change)));
    }
    return planned;
  };
  const admit = async (tenant: string, changes: readonly Change[]): Promise<readonly DecidedStep[]> => {
    const admission = changes.find((change) => change.kind === 'admit-run');
    return admission ? admissionSteps(table, tenant, admission) : [];
  };
  return {
    async commit(tenant, changes) {
      if (changes.some(startsRecord)) await enrol(tenant);
      const records = await plan(tenant, changes);
      const events = changes.flatMap((change) => (change.kind === 'event' ? [change.event] : []));
      const runs = events.map(({ run }) => run);
      await transactions.decide(
        async () => [
          ...records,
          ...(await admit(tenant, changes)),
          ...(await eventLog.place(tenant, events)),
        ],
        [
          ...runs.map((run) => `${tenant}/${run}`),
          ...changes.flatMap(({ kind }) => (kind === 'admit-run' ? [`${tenant}/${kind}`] : [])),
        ],
      );
      eventLog.announce(tenant, runs);
    },
  };
}

/** A tenant is known by its first record of these kinds. */
function startsRecord(change: Change): boolean {
  return FIRST_RECORDS.includes(change.kind) && 'expected' in change && change.expected === null;
}

/**
 * A tenant is entered before its first record is written: it may be listed without one, but never have one unlisted.
 * In a transaction the entry would be what all writers of a tenant fight for.
 */
function tenantRegister(table: DynamoTable): (tenant: string) => Promise<void> {
  const entered = new Set<string>();
  return async (tenant) => {
    if (entered.has(tenant)) return;
    await table.put(itemOf('tenant', { tenant }));
    entered.add(tenant);
  };
}

function quotaStep(tenant: string, { quota, expected }: Extract<Change, { kind: 'quota' }>): DecidedStep {
  const facts = { version: quota.recordVersion, document: JSON.stringify(quota) };
  return { put: itemOf('quota', { tenant }, facts), ...under(`The quota of ${tenant}`, expected) };
}

function plannersOf(table: DynamoTable): Planners {
  return {
    run: (commit, change) => runSteps(table, commit, change),
    key({ tenant }, { key, expected }) {
      const { id, recordVersion: version } = key;
      const put = itemOf('apiKey', { tenant, key: id }, { version, document: JSON.stringify(key) });
      return [{ put, ...under(`API key ${id}`, expected) }];
    },
    quota: ({ tenant }, change) => [quotaStep(tenant, change)],
    'gpu-use': (_commit, { use }) => [gpuUseStep(use)],
    cost: ({ tenant }, { entry }) => [costStep(tenant, entry)],
    audit({ tenant }, { entry }) {
      const put = itemOf('audit', { tenant, entry: entry.id }, { document: JSON.stringify(entry) });
      return [{ put, ...under(`Audit entry ${entry.id}`, null) }];
    },
    model: (commit, { model, expected }) =>
      expected === null ? newModelSteps(commit, model) : changedModelSteps(table, commit, model, expected),
    alias: ({ tenant }, change) => [aliasStep(tenant, change)],
    corpus({ tenant }, { corpus, expected }) {
      const { id, name, sha256 } = corpus;
      const record = itemOf('corpus', { tenant, corpus: id }, { document: JSON.stringify(corpus) });
      return [
        { put: record, condition: ABSENT, refusal: stale(`Corpus ${id}`, expected) },
        { put: itemOf('corpusOfName', { tenant, name, corpus: id }) },
        { put: itemOf('corpusOfHash', { tenant, sha256, corpus: id }) },
      ];
    },
    upload({ tenant }, { upload, expected }) {
      const { id, contentHash: hash, folder } = upload;
      const refusal = stale(`The upload of ${folder}`, expected);
      const record = itemOf('upload', { tenant, upload: id }, { document: JSON.stringify(upload) });
      return [
        { put: itemOf('uploadOfContent', { tenant, hash }, { upload: id }), condition: ABSENT, refusal },
        { put: record, condition: ABSENT, refusal },
      ];
    },
    preset({ tenant }, { preset, expected }) {
      const { name, recordVersion: version } = preset;
      const put = itemOf('preset', { tenant, name }, { version, document: JSON.stringify(preset) });
      return [{ put, ...under(`Preset ${name}`, expected) }];
    },
    'delete-preset': ({ tenant }, { name, expected }) => [
      { delete: keyOf('preset', { tenant, name }), ...under(`Preset ${name}`, expected) },
    ],
    idempotency: ({ tenant }, change) => [idempotencyStep(tenant, change)],
    webhook({ tenant }, { webhook, expected }) {
      const { id, recordVersion: version } = webhook;
      const put = itemOf('webhook', { tenant, webhook: id }, { version, document: JSON.stringify(webhook) });
      return [{ put, ...under(`Webhook ${id}`, expected) }];
    },
    'delete-webhook': ({ tenant }, { id, expected }) => [
      { delete: keyOf('webhook', { tenant, webhook: id }), ...under(`Webhook ${id}`, expected) },
    ],
    delivery: ({ tenant }, { delivery, expected }) => deliverySteps(table, tenant, delivery, expected),
    'queue-delivery': ({ tenant }, { delivery }) => deliverySteps(table, tenant, delivery, null),
  };
}

/** The row of what is due follows its record. One that is queued again, which nobody notices in between, is left as it is. */
async function deliverySteps(
  table: DynamoTable,
  tenant: string,
  delivery: Delivery,
  expected: number | null,
): Promise<readonly DecidedStep[]> {
  const { id, webhookId: webhook, recordVersion: version, nextAttemptAt, expiresAt } = delivery;
  const key = keyOf('delivery', { tenant, webhook, delivery: id });
  const before = await table.get(key);
  if (expected === null && before) return [];
  const ttl = Math.ceil(Date.parse(expiresAt) / 1000);
  const facts = { version, due: nextAttemptAt ?? undefined, ttl, document: JSON.stringify(delivery) };
  const record = itemOf('delivery', { tenant, webhook, delivery: id }, facts);
  const rowOf = (at: string) => itemOf('deliveryDue', { tenant, at, delivery: id }, { webhook });
  const old = before?.due === undefined || before.due === nextAttemptAt ? null : rowOf(String(before.due));
  return [
    expected === null ? { put: record } : { put: record, ...under(`Delivery ${id}`, expected) },
    ...(nextAttemptAt === null ? [] : [{ put: rowOf(nextAttemptAt) }]),
    ...(old ? [{ delete: { pk: old.pk, sk: old.sk } }] : []),
  ];
}

/** The rows of a status follow it; the record's condition makes sure that it is still what it was when we looked. */
function statusSteps(
  row: (status: string) => Item,
  before: string | null,
  now: string,
): readonly DecidedStep[] {
  if (before === now) return [];
  const { pk, sk } = row(before ?? now);
  return [{ put: row(now) }, ...(before === null ? [] : [{ delete: { pk, sk } }])];
}

async function runSteps(
  table: DynamoTable,
  { tenant }: Commit,
  { run, expected }: Extract<Change, { kind: 'run' }>,
): Promise<readonly DecidedStep[]> {
  const { id, version, status } = run;
  const row = itemOf('runRow', { tenant, run: id }, { status, document: JSON.stringify(summaryOf(run)) });
  const before = expected === null ? null : await table.get(row);
  const record = itemOf('run', { tenant, run: id }, { version, document: JSON.stringify(run) });
  return [
    { put: record, ...under(`Run ${id}`, expected) },
    { put: row },
    ...statusSteps(
      (each) => itemOf('runOfStatus', { tenant, status: each, run: id }),
      before && String(before.status),
      status,
    ),
  ];
}

function newModelSteps({ tenant, versions }: Commit, model: Model): readonly DecidedStep[] {
  const { id, name, version, runId, phase, status, recordVersion } = model;
  const late = stale(`Model ${name}`, version - 1);
  if (version < 1) throw late;
  const row = itemOf('modelVersion', { tenant, name, version }, { model: id, status });
  const before = { name, version: version - 1 };
  const follows: readonly DecidedStep[] =
    version === 1 || versions.has(versionName(before))
      ? []
      : [
          {
            check: keyOf('modelVersion', { tenant, ...before }),
            condition: { text: 'attribute_exists(pk)' },
            refusal: late,
          },
        ];
  const record = itemOf(
    'model',
    { tenant, model: id },
    { version: recordVersion, document: JSON.stringify(model) },
  );
  return [
    { put: row, condition: ABSENT, refusal: late },
    ...follows,
    { put: record, condition: ABSENT, refusal: stale(`Model ${id}`, null) },
    { put: itemOf('modelOfName', { tenant, name, model: id }) },
    { put: itemOf('modelOfStatus', { tenant, status, model: id }) },
    ...(runId === null ? [] : [{ put: itemOf('modelOfRun', { tenant, run: runId, model: id }) }]),
    ...(phase === null ? [] : [{ put: itemOf('modelOfPhase', { tenant, phase, model: id }) }]),
    ...[...new Set(model.parents.map(({ modelId }) => modelId))].map((parent) => ({
      put: itemOf('modelOfParent', { tenant, parent, model: id }),
      early: true,
    })),
  ];
}

async function changedModelSteps(
  table: DynamoTable,
  { tenant }: Commit,
  model: Model,
  expected: number,
): Promise<readonly DecidedStep[]> {
  const { id, name, version, status, recordVersion } = model;
  const row = itemOf('modelVersion', { tenant, name, version }, { model: id, status });
  const before = await table.get(row);
  const record = itemOf(
    'model',
    { tenant, model: id },
    { version: recordVersion, document: JSON.stringify(model) },
  );
  return [
    { put: record, ...under(`Model ${id}`, expected) },
    { put: row },
    ...statusSteps(
      (each) => itemOf('modelOfStatus', { tenant, status: each, model: id }),
      before && String(before.status),
      status,
    ),
  ];
}

function aliasStep(
  tenant: string,
  { alias: record, expected }: Extract<Change, { kind: 'alias' }>,
): DecidedStep {
  const { name, alias, recordVersion: version } = record;
  const put = itemOf('modelAlias', { tenant, name, alias }, { version, document: JSON.stringify(record) });
  return { put, ...under(`Alias ${name}@${alias}`, expected) };
}

function idempotencyStep(
  tenant: string,
  { key, bodyHash, runId, now, expiresAt }: Extract<Change, { kind: 'idempotency' }>,
): DecidedStep {
  const { sk: _sk, pk } = idempotencyKeyOf(tenant, key);
  const hash = pk.slice(pk.lastIndexOf('#') + 1);
  const ttl = Math.ceil(Date.parse(expiresAt) / 1000);
  return {
    put: itemOf('idempotency', { tenant, hash }, { run: runId, bodyHash, expiresAt, ttl }),
    condition: { text: 'attribute_not_exists(pk) OR expiresAt <= :now', values: { ':now': now } },
    refusal: new ForgeError('conflict', `The Idempotency-Key "${key}" is in use.`, {
      code: 'idempotency_key_in_use',
      retryAfterSeconds: 1,
    }),
  };
}
