/** Fresh tables on a moto server, as deployment makes them, and clients that send one request at a time. */
import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { clientConfig } from '#adapters/aws/client-config.ts';
import tableFacts from '#contracts/table.json' with { type: 'json' };
import { MOTO_CREDENTIALS, type MotoServer } from './moto-server.ts';

/** One request as it went over the wire. */
export interface SentRequest {
  readonly operation: string;
  readonly body: Readonly<Record<string, unknown>>;
}

type Handle = NodeHttpHandler['handle'];

/**
 * DynamoDB puts transactions in an order; moto applies them without a lock and would undo what another one has just
 * written. So its requests go one after another, whatever the order in which the adapters send them.
 */
class OneAtATime extends NodeHttpHandler {
  readonly #sent: SentRequest[];
  #last: Promise<unknown> = Promise.resolve();

  constructor(sent: SentRequest[]) {
    super();
    this.#sent = sent;
  }

  override handle(...[request, options]: Parameters<Handle>): ReturnType<Handle> {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    this.#sent.push({ operation, body: JSON.parse(new TextDecoder().decode(request.body as Uint8Array)) });
    const answer = this.#last.then(() => super.handle(request, options));
    this.#last = answer.catch(() => undefined);
    return answer;
  }
}

export interface MotoTable {
  readonly name: string;
  readonly client: DynamoDBClient;
  /** Every request of the client, as it was sent. */
  readonly sent: SentRequest[];
  close(): Promise<void>;
}

export async function motoTable({ url }: MotoServer): Promise<MotoTable> {
  const name = `table-${randomUUID()}`;
  const sent: SentRequest[] = [];
  const client = new DynamoDBClient(
    clientConfig({
      endpoint: url,
      region: 'us-east-1',
      credentials: MOTO_CREDENTIALS,
      requestHandler: new OneAtATime(sent),
    }),
  );
  const { partitionKey, sortKey } = tableFacts;
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [partitionKey, sortKey].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: partitionKey, KeyType: 'HASH' },
        { AttributeName: sortKey, KeyType: 'RANGE' },
      ],
    }),
  );
  sent.length = 0;
  return {
    name,
    client,
    sent,
    async close() {
      await client.send(new DeleteTableCommand({ TableName: name }));
      client.destroy();
    },
  };
}
