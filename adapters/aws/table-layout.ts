/** Every kind of item in the table, with its keys; docs/data-model.md shows these very tables. */
import tableFacts from '#contracts/table.json' with { type: 'json' };
import { ForgeError } from '#core/domain/errors.ts';
import { requireTenant } from '#core/domain/tenant.ts';

export interface ItemKind {
  readonly pk: string;
  readonly sk: string;
  /** What one item says. */
  readonly holds: string;
}

/**
 * Words in braces are filled in. Rows that hold an id only are the table's indexes: they are written in the
 * transaction of their record and read consistently, which a global secondary index is not.
 */
export const ITEMS = {
  tenant: {
    pk: 'T#*#TENANTS',
    sk: 'T#{tenant}',
    holds: 'that a tenant has a record, or is about to have its first',
  },
  run: { pk: 'T#{tenant}#RUN#{run}', sk: 'RUN', holds: 'a run, whole' },
  runRow: { pk: 'T#{tenant}#RUNS', sk: '{run}', holds: 'the summary of a run' },
  runOfStatus: {
    pk: 'T#{tenant}#RUNS#STATUS#{status}',
    sk: '{run}',
    holds: 'id of a run of this status',
  },
  idempotency: {
    pk: 'T#{tenant}#IDEMPOTENCY-KEY#{hash}',
    sk: 'KEY',
    holds: 'the run that an Idempotency-Key made; deleted by its time to live',
  },
  model: { pk: 'T#{tenant}#MODELS', sk: '{model}', holds: 'a model, whole' },
  modelVersion: {
    pk: 'T#{tenant}#MODEL-NAME#{name}',
    sk: 'V#{version}',
    holds: 'id and status of the model that has this version of the name',
  },
  modelAlias: {
    pk: 'T#{tenant}#MODEL-ALIASES#{name}',
    sk: '{alias}',
    holds: 'the version of the name that an alias points at',
  },
  modelOfName: {
    pk: 'T#{tenant}#MODELS#NAME#{name}',
    sk: '{model}',
    holds: 'id of a model of this name',
  },
  modelOfRun: {
    pk: 'T#{tenant}#MODELS#RUN#{run}',
    sk: '{model}',
    holds: 'id of a model that this run made',
  },
  modelOfPhase: {
    pk: 'T#{tenant}#MODELS#PHASE#{phase}',
    sk: '{model}',
    holds: 'id of a model that this phase made',
  },
  modelOfStatus: {
    pk: 'T#{tenant}#MODELS#STATUS#{status}',
    sk: '{model}',
    holds: 'id of a model of this status',
  },
  modelOfParent: {
    pk: 'T#{tenant}#MODELS#PARENT#{parent}',
    sk: '{model}',
    holds: 'id of a model that descends directly from this one',
  },
  corpus: { pk: 'T#{tenant}#CORPORA', sk: '{corpus}', holds: 'a corpus' },
  corpusOfName: {
    pk: 'T#{tenant}#CORPORA#NAME#{name}',
    sk: '{corpus}',
    holds: 'id of a corpus of this name',
  },
  corpusOfHash: {
    pk: 'T#{tenant}#CORPORA#HASH#{sha256}',
    sk: '{corpus}',
    holds: 'id of a corpus with this content',
  },
  upload: { pk: 'T#{tenant}#UPLOADS', sk: '{upload}', holds: 'what became of an upload' },
  uploadOfContent: {
    pk: 'T#{tenant}#UPLOAD-CONTENT#{hash}',
    sk: 'UPLOAD',
    holds: 'id of the upload that had this content; there is one at most',
  },
  preset: { pk: 'T#{tenant}#PRESETS', sk: '{name}', holds: 'a preset of the tenant' },
  webhook: {
    pk: 'T#{tenant}#WEBHOOKS',
    sk: '{webhook}',
    holds: 'a webhook, without its secret',
  },
  delivery: {
    pk: 'T#{tenant}#WEBHOOK#{webhook}#DELIVERIES',
    sk: '{delivery}',
    holds: 'a message to a webhook; deleted by its time to live',
  },
  deliveryDue: {
    pk: 'T#{tenant}#DELIVERIES-DUE',
    sk: '{at}/{delivery}',
    holds: 'webhook of a delivery that is to be tried then',
  },
  apiKey: {
    pk: 'T#{tenant}#API-KEYS',
    sk: '{key}',
    holds: 'an API key, its secret as a hash',
  },
  audit: {
    pk: 'T#{tenant}#AUDIT',
    sk: '{entry}',
    holds: 'an entry of the audit log: written once, never changed',
  },
  quota: { pk: 'T#{tenant}#QUOTA', sk: 'QUOTA', holds: 'what the tenant may use' },
  runGate: {
    pk: 'T#{tenant}#RUN-GATE',
    sk: 'GATE',
    holds: 'how many runs were let in one after another under a limit',
  },
  gpuUse: {
    pk: 'T#{tenant}#GPU-USE#{month}',
    sk: '{job}',
    holds: 'seconds times GPUs of a job that ended in this month',
  },
  cost: {
    pk: 'T#{tenant}#RUN#{run}#COSTS',
    sk: '{entry}',
    holds: 'what an attempt of a job costs: one item for its beginning, one for its end',
  },
  requestCount: {
    pk: 'T#{tenant}#REQUESTS',
    sk: '{window}',
    holds: 'how many requests the minute that begins then has had; deleted by its time to live',
  },
  event: {
    pk: 'T#{tenant}#RUN#{run}#EVENTS',
    sk: '{seq}',
    holds: 'an event; its number is the sort key',
  },
  eventKey: {
    pk: 'T#{tenant}#RUN#{run}#EVENT-KEYS',
    sk: '{hash}',
    holds: 'that an event with this key is in the log',
  },
  metric: {
    pk: 'T#{tenant}#RUN#{run}#METRICS',
    sk: '{position}',
    holds: 'a metric record, in the order of writing',
  },
  metricById: {
    pk: 'T#{tenant}#METRIC#{metric}',
    sk: 'METRIC',
    holds: 'run and position of a metric record',
  },
  metricCount: {
    pk: 'T#{tenant}#RUN#{run}#METRIC-COUNT',
    sk: 'COUNT',
    holds: 'the last position given to a metric record of the run',
  },
  connection: {
    pk: 'T#*#CONNECTION#{connection}',
    sk: 'CONNECTION',
    holds: 'who opened a socket: its frames name the connection and no tenant; deleted by its time to live',
  },
  connectionRun: {
    pk: 'T#*#CONNECTION#{connection}',
    sk: 'RUN#{run}',
    holds: 'that a connection follows a run; deleted by its time to live',
  },
  subscription: {
    pk: 'T#{tenant}#RUN#{run}#SUBSCRIPTIONS',
    sk: '{connection}',
    holds: 'how far a connection that follows the run was sent its events; deleted by its time to live',
  },
  part: {
    pk: '{owner}#PARTS',
    sk: '{version}#{hash}#{number}',
    holds: 'a piece of a document that is too long for one item; the owner is the pk and sk of its item',
  },
} as const satisfies Readonly<Record<string, ItemKind>>;

export type ItemName = keyof typeof ITEMS;

type Words<Template extends string> = Template extends `${string}{${infer Word}}${infer Rest}`
  ? Word | Words<Rest>
  : never;
/** What has to be known for a partition of this kind. */
export type PartitionValues<Name extends ItemName> = Readonly<
  Record<Words<(typeof ITEMS)[Name]['pk']>, string | number>
>;
/** What has to be known for one item of this kind. */
export type KeyValues<Name extends ItemName> = Readonly<
  Record<Words<(typeof ITEMS)[Name]['pk']> | Words<(typeof ITEMS)[Name]['sk']>, string | number>
>;

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** Attributes of an item besides its key; those that are undefined are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;
export type Item = Key & Attributes;

/** Numbers are written so that their order as text is their order. */
const DIGITS = 12;

export function numberText(value: number): string {
  return String(value).padStart(DIGITS, '0');
}

/** No value can end its place in a key and begin another one. The owner of a part is a key already. */
function text(word: string, value: string | number | undefined): string {
  if (word === 'tenant') requireTenant(value);
  if (value === undefined) throw new RangeError(`a key lacks its ${word}`);
  if (typeof value === 'number') return numberText(value);
  return word === 'owner' ? value : value.replace(/[#%]/g, encodeURIComponent);
}

function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (_all, word: string) => text(word, values[word]));
}

export function partitionOf<Name extends ItemName>(name: Name, values: PartitionValues<Name>): string {
  return fill(ITEMS[name].pk, values);
}

export function keyOf<Name extends ItemName>(name: Name, values: KeyValues<Name>): Key {
  return { pk: fill(ITEMS[name].pk, values), sk: fill(ITEMS[name].sk, values) };
}

/** A whole item: its key, what it is, the version of its form, and the rest. */
export function itemOf<Name extends ItemName>(
  name: Name,
  values: KeyValues<Name>,
  attributes: Attributes = {},
): Item {
  return {
    ...keyOf(name, values),
    kind: name,
    schemaVersion: tableFacts.itemSchemaVersion,
    ...attributes,
  };
}

/** Refuses what a later release wrote: this one might read it wrongly. */
export function readable(item: Item): Item {
  const { schemaVersion } = item;
  if (schemaVersion === undefined || Number(schemaVersion) <= tableFacts.itemSchemaVersion) return item;
  throw new ForgeError(
    'dependency',
    `The store holds a record of form ${schemaVersion}; this release reads forms up to ${tableFacts.itemSchemaVersion}.`,
    {
      code: 'newer_store',
      hint: 'A later release wrote it: run that release, or a newer one.',
    },
  );
}
