/** The table as the adapters use it: keys and plain attributes in, failures in our words out. Never a scan. */
import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactionInProgressException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import type { Backoff } from './backoff.ts';
import { askingTable, throttled } from './dynamo-failure.ts';
import { type Attributes, type Item, type Key, readable } from './table-layout.ts';

/** Limits of DynamoDB's batch calls. */
const BATCH_READS = 100;
const BATCH_WRITES = 25;

export interface Condition {
  readonly text: string;
  /** Attribute names behind the #words of the text. */
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Attributes;
}

/** One step of a transaction. */
export type Step = { readonly condition?: Condition } & (
  | { readonly put: Item }
  | { readonly delete: Key }
  | { readonly check: Key }
);

export interface QueryBounds {
  readonly limit: number;
  /** Only sort keys below this one. */
  readonly below?: string;
  /** Only sort keys above this one. */
  readonly above?: string;
  /** Only sort keys that begin like this. */
  readonly prefix?: string;
  /** @default rising */
  readonly order?: 'rising' | 'falling';
}

export interface DynamoTable {
  get(key: Key): Promise<Item | null>;
  /** Items by their keys, in the order of the keys; those that are not there are left out. */
  getAll(keys: readonly Key[]): Promise<readonly Item[]>;
  query(pk: string, bounds: QueryBounds): Promise<readonly Item[]>;
  put(item: Item): Promise<void>;
  putAll(items: readonly Item[]): Promise<void>;
  deleteAll(keys: readonly Key[]): Promise<void>;
  /** Adds to a number and answers the sum; the other attributes of the item are set. */
  add(item: Item, attribute: string, amount: number): Promise<number>;
  /** Null when all was written; otherwise nothing was, and each step has the code of its reason, `None` for a good one. */
  transact(steps: readonly Step[]): Promise<readonly string[] | null>;
}

function marshalled(attributes: Attributes): Record<string, AttributeValue> {
  const pairs = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    pairs.map(([name, value]) => [
      name,
      typeof value === 'number' ? { N: String(value) } : { S: `${value}` },
    ]),
  );
}

function plain(item: Readonly<Record<string, AttributeValue>>): Item {
  const pairs = Object.entries(item).map(([name, { N, S }]) => [name, N === undefined ? S : Number(N)]);
  return readable(Object.fromEntries(pairs) as Item);
}

function conditional({ text, names, values }: Condition) {
  return {
    ConditionExpression: text,
    ...(names ? { ExpressionAttributeNames: { ...names } } : {}),
    ...(values ? { ExpressionAttributeValues: marshalled(values) } : {}),
  };
}

function transactItem(TableName: string, step: Step) {
  const condition = step.condition ? conditional(step.condition) : {};
  if ('put' in step) return { Put: { TableName, Item: marshalled(step.put), ...condition } };
  if ('delete' in step) return { Delete: { TableName, Key: marshalled({ ...step.delete }), ...condition } };
  return {
    ConditionCheck: { TableName, Key: marshalled({ ...step.check }), ConditionExpression: '', ...condition },
  };
}

function keyCondition(pk: string, { below, above, prefix }: QueryBounds) {
  const [text, sk] =
    below !== undefined
      ? [' AND sk < :sk', below]
      : above !== undefined
        ? [' AND sk > :sk', above]
        : [' AND begins_with(sk, :sk)', prefix];
  return {
    KeyConditionExpression: `pk = :pk${sk === undefined ? '' : text}`,
    ExpressionAttributeValues: marshalled({ ':pk': pk, ':sk': sk }),
  };
}

function batches<Value>(values: readonly Value[], size: number): readonly (readonly Value[])[] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, at) =>
    values.slice(at * size, (at + 1) * size),
  );
}

/** @param backoff for the rest of a batch that DynamoDB has left over; what it refuses, the client tries again itself. */
export function dynamoTable(client: DynamoDBClient, TableName: string, backoff: Backoff): DynamoTable {
  const write = (requests: readonly WriteRequest[]) => writeBatches(client, TableName, backoff, requests);
  return {
    get: ({ pk, sk }) =>
      askingTable(async () => {
        const command = new GetItemCommand({ TableName, Key: marshalled({ pk, sk }), ConsistentRead: true });
        const { Item } = await client.send(command);
        return Item ? plain(Item) : null;
      }),
    getAll: (keys) => askingTable(() => readBatches(client, TableName, backoff, keys)),
    query: (pk, bounds) => askingTable(() => queryPages(client, TableName, pk, bounds)),
    put: (item) =>
      askingTable(async () => {
        await client.send(new PutItemCommand({ TableName, Item: marshalled(item) }));
      }),
    putAll: (items) =>
      askingTable(() => write(items.map((item) => ({ PutRequest: { Item: marshalled(item) } })))),
    deleteAll: (keys) =>
      askingTable(() =>
        write(keys.map(({ pk, sk }) => ({ DeleteRequest: { Key: marshalled({ pk, sk }) } }))),
      ),
    add: (item, attribute, amount) => askingTable(() => addTo(client, TableName, item, attribute, amount)),
    transact: (steps) => askingTable(() => transactOnce(client, TableName, backoff, steps)),
  };
}

/** DynamoDB ends a page after 1 MB, whatever the limit: it is asked again until there is enough or nothing more. */
async function queryPages(
  client: DynamoDBClient,
  TableName: string,
  pk: string,
  bounds: QueryBounds,
): Promise<readonly Item[]> {
  const found: Item[] = [];
  let start: Record<string, AttributeValue> | undefined;
  do {
    const command: QueryCommand = new QueryCommand({
      TableName,
      ...keyCondition(pk, bounds),
      ConsistentRead: true,
      ScanIndexForward: bounds.order !== 'falling',
      Limit: bounds.limit - found.length,
      ...(start ? { ExclusiveStartKey: start } : {}),
    });
    const { Items = [], LastEvaluatedKey } = await client.send(command);
    found.push(...Items.map(plain));
    start = LastEvaluatedKey;
  } while (start && found.length < bounds.limit);
  return found;
}

async function readBatches(
  client: DynamoDBClient,
  TableName: string,
  backoff: Backoff,
  keys: readonly Key[],
): Promise<readonly Item[]> {
  const nameOf = ({ pk, sk }: Key) => `${pk}\n${sk}`;
  const wanted = [...new Map(keys.map(({ pk, sk }) => [nameOf({ pk, sk }), { pk, sk }])).values()];
  const found = new Map<string, Item>();
  for (const batch of batches(wanted, BATCH_READS)) {
    let Keys = batch.map((key) => marshalled(key));
    for (let tries = 0; Keys.length > 0; tries += 1) {
      const request = { RequestItems: { [TableName]: { Keys, ConsistentRead: true } } };
      const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand(request));
      for (const item of (Responses?.[TableName] ?? []).map(plain)) found.set(nameOf(item), item);
      Keys = (UnprocessedKeys?.[TableName]?.Keys ?? []) as typeof Keys;
      if (Keys.length > 0 && !(await backoff(tries))) throw throttled('keys were left over');
    }
  }
  return keys.flatMap((key) => found.get(nameOf(key)) ?? []);
}

async function writeBatches(
  client: DynamoDBClient,
  TableName: string,
  backoff: Backoff,
  requests: readonly WriteRequest[],
): Promise<void> {
  for (const batch of batches(requests, BATCH_WRITES)) {
    let left: WriteRequest[] = [...batch];
    for (let tries = 0; left.length > 0; tries += 1) {
      const command = new BatchWriteItemCommand({ RequestItems: { [TableName]: left } });
      left = (await client.send(command)).UnprocessedItems?.[TableName] ?? [];
      if (left.length > 0 && !(await backoff(tries))) throw throttled('items were left over');
    }
  }
}

async function addTo(
  client: DynamoDBClient,
  TableName: string,
  { pk, sk, ...facts }: Item,
  attribute: string,
  amount: number,
): Promise<number> {
  const names = Object.keys(facts);
  const command = new UpdateItemCommand({
    TableName,
    Key: marshalled({ pk, sk }),
    UpdateExpression: `ADD #sum :amount SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
    ExpressionAttributeNames: {
      '#sum': attribute,
      ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
    },
    ExpressionAttributeValues: marshalled({
      ':amount': amount,
      ...Object.fromEntries(names.map((name) => [`:${name}`, facts[name]])),
    }),
    ReturnValues: 'UPDATED_NEW',
  });
  const { Attributes: after = {} } = await client.send(command);
  return Number(after[attribute]?.N);
}

/** However often the way to the table fails, the token makes it one transaction; its first sending may still be at work. */
async function transactOnce(
  client: DynamoDBClient,
  TableName: string,
  backoff: Backoff,
  steps: readonly Step[],
): Promise<readonly string[] | null> {
  const TransactItems = steps.map((step) => transactItem(TableName, step));
  const command = new TransactWriteItemsCommand({ TransactItems, ClientRequestToken: randomUUID() });
  for (let tries = 0; ; tries += 1) {
    try {
      await client.send(command);
      return null;
    } catch (error) {
      if (error instanceof TransactionCanceledException) {
        return (error.CancellationReasons ?? []).map(({ Code }) => Code ?? 'None');
      }
      if (!(error instanceof TransactionInProgressException) || !(await backoff(tries))) throw error;
    }
  }
}
