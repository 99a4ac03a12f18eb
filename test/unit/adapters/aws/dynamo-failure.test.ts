/** What the adapters make of a table that refuses, is busy or loses answers. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import { fullJitter } from '#adapters/aws/backoff.ts';
import { clientConfig } from '#adapters/aws/client-config.ts';
import { dynamoPorts } from '#adapters/aws/dynamo-ports.ts';
import { eventOf, idOf, modelOf, runOf, TENANT } from '#test/contract/records.ts';
import { type StubAnswer, serviceError, stubService } from '#test/support/aws/stub-service.ts';

const SOON = { tries: 6, baseMs: 1, capMs: 2 };
const RUN = idOf(1);

function portsOn(answer: Parameters<typeof stubService>[0]) {
  const { config, sent } = stubService(answer);
  // The tries and the reasons to try again are the SDK's; only its waiting is shortened.
  const retryStrategy = new ConfiguredRetryStrategy(5, () => 1);
  const client = new DynamoDBClient(clientConfig({ ...config, retryStrategy }));
  const operations = () => sent.map(({ headers }) => headers['x-amz-target']?.split('.')[1]);
  return { ports: dynamoPorts(client, 'forge', fullJitter(SOON)), sent, operations };
}

function cancelled(...codes: string[]): StubAnswer {
  const { headers = {}, body } = serviceError('TransactionCanceledException');
  const CancellationReasons = codes.map((Code) => ({ Code, Message: 'no' }));
  return { status: 400, headers, body: { ...(body as object), CancellationReasons } };
}

const writeOnly = (answer: (writes: number) => StubAnswer): Parameters<typeof stubService>[0] => {
  let writes = 0;
  return ({ headers }) => (headers['x-amz-target']?.endsWith('TransactWriteItems') ? answer(writes++) : {});
};

describe('a table that throttles', () => {
  it.each(['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'])(
    'is asked again after %s, with the same token, until it answers',
    async (name) => {
      const { ports, sent } = portsOn(writeOnly((writes) => (writes < 3 ? serviceError(name) : {})));
      await ports.registry.commit(TENANT, [{ kind: 'run', run: runOf(1), expected: null }]);
      const writes = sent.filter(({ body }) => body.includes('ClientRequestToken'));
      expect(writes).toHaveLength(4);
      expect(new Set(writes.map(({ body }) => JSON.parse(body).ClientRequestToken)).size).toBe(1);
    },
  );

  it('makes a 503 with Retry-After of it when it does not stop', async () => {
    const { ports, sent } = portsOn(() => serviceError('ProvisionedThroughputExceededException'));
    const read = ports.runs.get(TENANT, RUN);
    await expect(read).rejects.toMatchObject({
      kind: 'dependency',
      code: 'throttled',
      retryAfterSeconds: 5,
      facts: { http: 503, retryable: true },
    });
    expect(sent).toHaveLength(5);
  });

  it('still gets every record when four of ten requests are refused, by chance', async () => {
    let state = 7;
    const chance = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    const { ports, sent } = portsOn(() => (chance() < 0.4 ? serviceError('ThrottlingException') : {}));
    const writes = Array.from({ length: 20 }, () =>
      ports.registry.commit(TENANT, [{ kind: 'run', run: runOf(1), expected: null }]).then(
        () => 'written',
        (error: { code?: unknown }) => error.code,
      ),
    );
    const outcomes = await Promise.all(writes);
    expect(outcomes.filter((outcome) => outcome !== 'written' && outcome !== 'throttled')).toEqual([]);
    expect(outcomes.filter((outcome) => outcome === 'written').length).toBeGreaterThanOrEqual(15);
    expect(sent.length).toBeGreaterThan(21);
  });

  it('is asked again for what it left over of a batch, and gives up after the tries', async () => {
    const left = (body: string) => ({
      body: { Responses: { forge: [] }, UnprocessedKeys: JSON.parse(body).RequestItems },
    });
    const { ports, operations } = portsOn(({ body }) => left(body));
    await expect(ports.models.edgesAbove(TENANT, idOf(1))).rejects.toMatchObject({ code: 'throttled' });
    expect(operations()).toEqual(Array(SOON.tries + 1).fill('BatchGetItem'));
  });
});

describe('a transaction that is cancelled', () => {
  it('is planned again when another one was at work on the same items, and for throttling', async () => {
    const reasons = [
      cancelled('TransactionConflict', 'None', 'None'),
      cancelled('None', 'ThrottlingError', 'None'),
      cancelled('None', 'None', 'ProvisionedThroughputExceeded'),
    ];
    const { ports, operations } = portsOn(writeOnly((writes) => reasons[writes] ?? {}));
    await ports.registry.commit(TENANT, [{ kind: 'run', run: runOf(1), expected: null }]);
    expect(operations()).toEqual(['PutItem', ...Array(4).fill('TransactWriteItems')]);
  });

  it.each([
    ['TransactionConflict', { kind: 'dependency', code: 'store_contended', retryAfterSeconds: 1 }],
    ['ThrottlingError', { kind: 'dependency', code: 'throttled', retryAfterSeconds: 5 }],
    ['ValidationError', { kind: 'too_large', code: 'record_too_large' }],
  ])('for %s without end is an answer, not a crash', async (code, expected) => {
    const { ports } = portsOn(writeOnly(() => cancelled(code, 'None', 'None')));
    const write = ports.registry.commit(TENANT, [{ kind: 'run', run: runOf(1), expected: null }]);
    await expect(write).rejects.toMatchObject(expected);
  });

  it('says the first refusal in the order of the changes', async () => {
    const { ports } = portsOn(
      writeOnly(() => cancelled('None', 'None', 'None', 'ConditionalCheckFailed', 'ConditionalCheckFailed')),
    );
    const changes = [
      { kind: 'run', run: runOf(1), expected: null },
      { kind: 'model', model: modelOf(2), expected: null },
    ] as const;
    await expect(ports.registry.commit(TENANT, changes)).rejects.toMatchObject({
      kind: 'conflict',
      code: 'stale_version',
    });
  });

  it('takes the number after the last event as it is by then', async () => {
    let last = 0;
    const { ports, sent } = portsOn(({ headers }) => {
      if (headers['x-amz-target']?.endsWith('Query')) {
        last += 1;
        return { body: { Items: [{ pk: { S: 'pk' }, sk: { S: String(last).padStart(12, '0') } }] } };
      }
      return last < 3 ? cancelled('ConditionalCheckFailed') : {};
    });
    await ports.eventLog.append(TENANT, [eventOf(RUN)]);
    const tried = sent.filter(({ body }) => body.includes('TransactItems'));
    expect(tried.map(({ body }) => JSON.parse(body).TransactItems[0].Put.Item.sk.S)).toEqual([
      '000000000002',
      '000000000003',
      '000000000004',
    ]);
  });
});

describe('a table that does not answer', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND'])('is not available: %s', async (code) => {
    const { ports } = portsOn(() => {
      throw Object.assign(new Error(`connect ${code}`), { code });
    });
    const read = ports.runs.get(TENANT, RUN);
    await expect(read).rejects.toMatchObject({ kind: 'dependency', code: 'service_unavailable' });
  });

  it.each([
    ['InternalServerError', 500, 'service_unavailable'],
    ['AccessDeniedException', 400, 'access_denied'],
    ['ExpiredTokenException', 400, 'credentials'],
    ['ResourceNotFoundException', 400, 'store_missing'],
  ])('has its %s named', async (name, status, code) => {
    const { ports } = portsOn(() => serviceError(name, 'no', status));
    await expect(ports.runs.get(TENANT, RUN)).rejects.toMatchObject({ kind: 'dependency', code });
  });

  it('got a transaction whose answer was lost: it is sent again under the same token', async () => {
    const { ports, sent } = portsOn(
      writeOnly((writes) => {
        if (writes === 0) throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
        return writes === 1 ? serviceError('TransactionInProgressException') : {};
      }),
    );
    await ports.registry.commit(TENANT, [{ kind: 'run', run: runOf(1), expected: null }]);
    const tokens = sent.flatMap(({ body }) => JSON.parse(body).ClientRequestToken ?? []);
    expect(tokens).toHaveLength(3);
    expect(new Set(tokens).size).toBe(1);
  });
});

describe('a tenant that is none', () => {
  it.each(['', 'a#b', 'T#x', 'UPPER', '../x', undefined])(
    'is refused before any request: %s',
    async (tenant) => {
      const { ports, sent } = portsOn(() => ({}));
      const refused = { kind: 'forbidden', code: 'invalid_tenant' };
      const calls = [
        async () => ports.runs.get(tenant as string, RUN),
        async () => ports.models.list(tenant as string, {}, { limit: 1, after: null }),
        async () => ports.registry.commit(tenant as string, [{ kind: 'run', run: runOf(1), expected: null }]),
        async () => ports.eventLog.append(tenant as string, [eventOf(RUN)]),
      ];
      for (const call of calls) await expect(call()).rejects.toMatchObject(refused);
      expect(sent).toEqual([]);
    },
  );

  it('cannot be reached through an id that looks like the end of a key', async () => {
    const { ports, sent } = portsOn(() => ({}));
    await ports.runs.get(TENANT, `${RUN}#EVENTS`);
    expect(JSON.parse(sent[0]?.body ?? '{}').Key.pk.S).toBe(`T#${TENANT}#RUN#${RUN}%23EVENTS`);
  });
});

it('refuses a record of a later form with the reason', async () => {
  const { ports } = portsOn(() => ({
    body: { Item: { pk: { S: 'p' }, sk: { S: 's' }, schemaVersion: { N: '2' }, document: { S: '{}' } } },
  }));
  await expect(ports.runs.get(TENANT, RUN)).rejects.toMatchObject({
    code: 'newer_store',
    message: 'The store holds a record of form 2; this release reads forms up to 1.',
  });
});
