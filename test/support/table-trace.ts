/** Requests to the table in the words of its layout: which operation met which kind of item. */
import { ITEMS, type ItemName } from '#adapters/aws/table-layout.ts';
import type { SentRequest } from './moto-table.ts';

interface WireKey {
  readonly pk: { readonly S: string };
  readonly sk?: { readonly S: string };
}

interface WireAction {
  readonly Item?: WireKey;
  readonly Key?: WireKey;
}

/** The parts of requests that are looked at. */
export interface WireBody {
  readonly Key?: WireKey;
  readonly Item?: WireKey;
  readonly IndexName?: string;
  readonly Limit?: number;
  readonly ConsistentRead?: boolean;
  readonly ExpressionAttributeValues?: { readonly ':pk'?: { readonly S: string } };
  readonly RequestItems?: Readonly<
    Record<string, { readonly Keys?: readonly WireKey[]; readonly ConsistentRead?: boolean }>
  >;
  readonly TransactItems?: readonly Readonly<Record<string, WireAction>>[];
}

export const bodyOf = ({ body }: SentRequest) => body as WireBody;

const PATTERNS = Object.entries(ITEMS).map(([name, { pk, sk }]): readonly [ItemName, RegExp, RegExp] => {
  const pattern = (template: string) =>
    new RegExp(
      `^${template
        .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
        .replace(/\{owner\}/g, '.+')
        .replace(/\{\w+\}/g, '[^#]+')}$`,
    );
  return [name as ItemName, pattern(pk), pattern(sk)];
});

/** The kind of item behind a key, or of those in a partition; throws for a key that no kind has. */
function kindOf({ pk, sk }: WireKey): ItemName {
  const found = PATTERNS.find(([, ofPk, ofSk]) => ofPk.test(pk.S) && (sk === undefined || ofSk.test(sk.S)));
  if (found) return found[0];
  throw new Error(`no kind of item has the key ${pk.S} ${sk?.S ?? ''}`);
}

function kindsOf(request: SentRequest): readonly string[] {
  const { Key, Item, ExpressionAttributeValues, RequestItems, TransactItems } = bodyOf(request);
  const partition = ExpressionAttributeValues?.[':pk'];
  if (TransactItems) {
    return TransactItems.flatMap((action) =>
      Object.entries(action).map(
        ([what, { Item: put, Key: key }]) => `${what} ${kindOf((put ?? key) as WireKey)}`,
      ),
    );
  }
  const keys = RequestItems ? Object.values(RequestItems).flatMap(({ Keys = [] }) => Keys) : [Key ?? Item];
  const kinds = keys.flatMap((key) => (key ? kindOf(key) : []));
  return partition && !Key ? [kindOf({ pk: partition })] : [...new Set(kinds)];
}

/** For example `Query runOfStatus`, `BatchGetItem runRow`. */
export function traceOf(sent: readonly SentRequest[]): readonly string[] {
  return sent.map((request) => `${request.operation} ${kindsOf(request).join(', ')}`);
}
