/**
 * Documents in items. A document that is too long for its item lies in parts, addressed by its hash: the parts are
 * written first, the item that points to them last, so that what can be reached is always whole.
 */
import { createHash } from 'node:crypto';
import { ForgeError } from '#core/domain/errors.ts';
import type { DynamoTable, Step } from './dynamo-table.ts';
import { type Item, itemOf, type Key, keyOf, numberText, partitionOf } from './table-layout.ts';

/** Bytes of one document that stay in its item: DynamoDB takes 400 KB with names and keys. */
const INLINE_BYTES = 350_000;
/** Bytes of all documents of one transaction: DynamoDB takes 4 MB. */
const TRANSACTION_BYTES = 3_500_000;
/** Characters of a part; no character takes more than three bytes. */
const PART_CHARACTERS = 100_000;
/** Looks at an item whose parts are replaced while they are read. */
const LOOKS = 5;

const ownerOf = ({ pk, sk }: Key) => `${pk}#${sk}`;

interface Stored {
  /** The item with its document, or with what finds its parts. */
  readonly item: Item;
  readonly parts: readonly Item[];
}

function inParts(item: Item): Stored {
  const { document = '', ...rest } = item;
  const text = String(document);
  const hash = createHash('sha256').update(text).digest('hex');
  const owner = ownerOf(item);
  const version = Number(item.version ?? 1);
  const pieces = Array.from({ length: Math.ceil(text.length / PART_CHARACTERS) }, (_, at) =>
    itemOf(
      'part',
      { owner, version, hash, number: at },
      // As JSON, because a character may be cut in two.
      { document: JSON.stringify(text.slice(at * PART_CHARACTERS, (at + 1) * PART_CHARACTERS)) },
    ),
  );
  return { item: { ...(rest as Item), parts: pieces.length, hash }, parts: pieces };
}

const bytesOf = ({ document }: Item) => (document === undefined ? 0 : Buffer.byteLength(String(document)));

/** Puts what is too long into parts: the documents that are so by themselves, and the longest of too many. */
export function withParts(steps: readonly Step[]): {
  readonly steps: readonly Step[];
  readonly parts: readonly Item[];
} {
  const sizes = steps.map((step) => ('put' in step ? bytesOf(step.put) : 0));
  const longest = sizes.map((_, at) => at).sort((one, other) => (sizes[other] ?? 0) - (sizes[one] ?? 0));
  let total = sizes.reduce((sum, size) => sum + size, 0);
  const parted = new Set<number>();
  for (const at of longest) {
    const size = sizes[at] ?? 0;
    if (size <= INLINE_BYTES && total <= TRANSACTION_BYTES) break;
    parted.add(at);
    total -= size;
  }
  const parts: Item[] = [];
  const small = steps.map((step, at) => {
    if (!parted.has(at) || !('put' in step)) return step;
    const stored = inParts(step.put);
    parts.push(...stored.parts);
    return { ...step, put: stored.item };
  });
  return { steps: small, parts };
}

/** Deletes the parts of earlier versions. Whoever reads one of those now finds the newer version instead. */
export async function dropOlderParts(table: DynamoTable, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    if (!('put' in step) || step.put.parts === undefined) continue;
    const owner = ownerOf(step.put);
    const below = numberText(Number(step.put.version ?? 1));
    const older = await table.query(partitionOf('part', { owner }), { below, limit: 1000 });
    await table.deleteAll(older);
  }
}

async function textOf(table: DynamoTable, item: Item): Promise<string | null> {
  if (item.parts === undefined) return String(item.document);
  const owner = ownerOf(item);
  const first = { owner, version: Number(item.version ?? 1), hash: String(item.hash), number: 0 };
  const prefix = keyOf('part', first).sk.slice(0, -numberText(0).length);
  const limit = Number(item.parts);
  const parts = await table.query(partitionOf('part', { owner }), { prefix, limit });
  const text = parts.map(({ document }) => JSON.parse(String(document)) as string).join('');
  return createHash('sha256').update(text).digest('hex') === item.hash ? text : null;
}

/** The document of an item. */
export async function documentOf<Document>(table: DynamoTable, item: Item): Promise<Document> {
  let seen: Item | null = item;
  for (let look = 0; seen !== null && look < LOOKS; look += 1) {
    const text = await textOf(table, seen);
    if (text !== null) return JSON.parse(text) as Document;
    seen = await table.get(item);
  }
  throw new ForgeError('corrupt', `The parts of ${ownerOf(item)} do not make its document.`, {
    hint: 'Restore the table to a point in time before this.',
  });
}

export function documentsOf<Document>(
  table: DynamoTable,
  items: readonly Item[],
): Promise<readonly Document[]> {
  return Promise.all(items.map((item) => documentOf<Document>(table, item)));
}
