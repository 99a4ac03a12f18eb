/** What leaves for others: the bus, notices, open connections; and the secrets that come in. */
import { eventBridgeBus, eventBridgeClient } from '#adapters/aws/event-bridge-bus.ts';
import { parameterSecrets, ssmClient } from '#adapters/aws/parameter-secrets.ts';
import { snsClient, snsNotifier } from '#adapters/aws/sns-notifier.ts';
import { socketClient, socketConnections } from '#adapters/aws/socket-connections.ts';
import type { ForgeEvent } from '#contracts/source/event.ts';
import { serviceError, stubService } from '#test/support/aws/stub-service.ts';

const eventOf = (seq: number, text = ''): ForgeEvent => ({
  seq,
  type: 'RunSubmitted',
  tenant: 'acme',
  run: '01JNQ0000000000000000000RN',
  phase: null,
  attempt: null,
  at: '2026-03-01T12:00:00.000Z',
  data: { text },
});

const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('the bus', () => {
  const accept = () =>
    stubService(({ body }) => ({
      body: {
        FailedEntryCount: 0,
        Entries: (JSON.parse(body).Entries as unknown[]).map(() => ({ EventId: 'e' })),
      },
    }));

  test('an event goes as it is, under its type and our source, ten at a time in order', async () => {
    const { config, sent } = accept();
    expect(
      await eventBridgeBus(eventBridgeClient(config), 'forge').publish(range(23).map((seq) => eventOf(seq))),
    ).toEqual([]);
    expect(sent.map(({ body }) => JSON.parse(body).Entries.length)).toEqual([10, 10, 3]);
    expect(sent[0]?.headers['x-amz-target']).toBe('AWSEvents.PutEvents');
    const [entry] = JSON.parse(sent[0]?.body ?? '').Entries;
    expect(entry).toMatchObject({ EventBusName: 'forge', Source: 'agent-forge', DetailType: 'RunSubmitted' });
    expect(JSON.parse(entry.Detail)).toEqual(eventOf(1));
    expect(entry.Time).toBe(Date.parse('2026-03-01T12:00:00Z') / 1000);
  });

  test('a request stays below 256 KiB, and an event that is bigger by itself comes back', async () => {
    const { config, sent } = accept();
    const events = [
      eventOf(1, 'x'.repeat(150_000)),
      eventOf(2, 'x'.repeat(150_000)),
      eventOf(3, 'x'.repeat(300_000)),
    ];
    const undelivered = await eventBridgeBus(eventBridgeClient(config), 'forge').publish(events);
    expect(sent).toHaveLength(2);
    expect(undelivered.map(({ event, reason }) => [event.seq, reason.slice(0, 13)])).toEqual([
      [3, 'EntryTooLarge'],
    ]);
  });

  test('those that the bus refused come back by name, the others are on it', async () => {
    const { config } = stubService(() => ({
      body: {
        FailedEntryCount: 1,
        Entries: [{ EventId: 'a' }, { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' }],
      },
    }));
    const undelivered = await eventBridgeBus(eventBridgeClient(config), 'forge').publish([
      eventOf(1),
      eventOf(2),
    ]);
    expect(undelivered).toEqual([{ event: eventOf(2), reason: 'ThrottlingException: Rate exceeded' }]);
  });

  test('throttling of the whole request is tried again', async () => {
    const { config, sent } = stubService((_, before) =>
      before === 0 ? serviceError('ThrottlingException') : { body: { Entries: [{ EventId: 'a' }] } },
    );
    expect(await eventBridgeBus(eventBridgeClient(config), 'forge').publish([eventOf(1)])).toEqual([]);
    expect(sent).toHaveLength(2);
  });
});

describe('open connections', () => {
  const ENDPOINT = 'https://abc.execute-api.eu-west-1.amazonaws.com/live';

  test('text goes to the connection below the stage', async () => {
    const { config, sent } = stubService(() => ({}));
    expect(await socketConnections(socketClient(ENDPOINT, config)).send('Kd1=', 'hällo')).toBe(true);
    expect(sent[0]).toMatchObject({ method: 'POST', url: `${ENDPOINT}/@connections/Kd1%3D`, body: 'hällo' });
  });

  test('one that is gone is to be forgotten; one that is throttled is not', async () => {
    const gone = stubService(() => serviceError('GoneException', 'gone', 410));
    expect(await socketConnections(socketClient(ENDPOINT, gone.config)).send('a', 'x')).toBe(false);
    const busy = stubService(() => serviceError('LimitExceededException', 'slow', 429));
    const sender = socketConnections(socketClient(ENDPOINT, { ...busy.config, maxAttempts: 1 }));
    await expect(sender.send('a', 'x')).rejects.toMatchObject({ code: 'throttled' });
  });
});

test('a notice has a subject that SNS takes, its text, and attributes to filter by', async () => {
  const { config, sent } = stubService(() => ({
    headers: { 'content-type': 'text/xml' },
    body: '<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>',
  }));
  const notifier = snsNotifier(snsClient(config), 'arn:aws:sns:eu-west-1:111122223333:forge');
  const subject = `Run\nfailed ${'x'.repeat(200)}`;
  await notifier.notify({ subject, text: 'why', attributes: { type: 'RunFailed' } });
  const form = new URLSearchParams(sent[0]?.body);
  expect(form.get('Action')).toBe('Publish');
  expect(form.get('TopicArn')).toBe('arn:aws:sns:eu-west-1:111122223333:forge');
  expect(form.get('Subject')).toBe(`Run failed ${'x'.repeat(89)}`);
  expect(form.get('Message')).toBe('why');
  expect(form.get('MessageAttributes.entry.1.Name')).toBe('type');
  expect(form.get('MessageAttributes.entry.1.Value.StringValue')).toBe('RunFailed');
});

describe('secrets', () => {
  const clockAt = (times: number[]) => ({ now: () => new Date(times.shift() ?? 0) });

  test('a SecureString is read decrypted, kept for five minutes, then read again', async () => {
    const { config, sent } = stubService((_, before) => ({
      body: { Parameter: { Value: `value ${before}` } },
    }));
    const secrets = parameterSecrets(ssmClient(config), '/forge/dev', clockAt([0, 299_999, 300_000]));
    expect([await secrets.read('key'), await secrets.read('key'), await secrets.read('key')]).toEqual([
      'value 0',
      'value 0',
      'value 1',
    ]);
    expect(sent[0]?.headers['x-amz-target']).toBe('AmazonSSM.GetParameter');
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({ Name: '/forge/dev/key', WithDecryption: true });
  });

  test('one that is missing is named with the command that makes it, and asked for again', async () => {
    const { config, sent } = stubService((_, before) =>
      before === 0 ? serviceError('ParameterNotFound') : { body: { Parameter: { Value: 'there' } } },
    );
    const secrets = parameterSecrets(ssmClient(config), '/forge/dev', clockAt([0, 1]));
    await expect(secrets.read('key')).rejects.toMatchObject({
      kind: 'dependency',
      code: 'secret_missing',
      hint: expect.stringContaining('--name /forge/dev/key'),
    });
    expect(await secrets.read('key')).toBe('there');
    expect(sent).toHaveLength(2);
  });

  test('one that is made where there is none is the one that stands, whoever was first', async () => {
    let stored: string | undefined;
    const { config, sent } = stubService(({ headers, body }) => {
      const made = (JSON.parse(body) as { Value?: string }).Value;
      if (headers['x-amz-target'] === 'AmazonSSM.PutParameter') {
        if (stored !== undefined) return serviceError('ParameterAlreadyExists');
        stored = made;
        return { body: { Version: 1 } };
      }
      return stored === undefined
        ? serviceError('ParameterNotFound')
        : { body: { Parameter: { Value: stored } } };
    });
    const open = () => parameterSecrets(ssmClient(config), '/forge/dev', clockAt([0]));
    const [one, other] = await Promise.all(
      ['a', 'b'].map((value) => open().readOrMake('cursor', () => value)),
    );
    expect(one).toBe(other);
    expect(await open().readOrMake('cursor', () => 'c')).toBe(one);
    const put = sent.find(({ headers }) => headers['x-amz-target'] === 'AmazonSSM.PutParameter');
    expect(JSON.parse(put?.body ?? '')).toMatchObject({ Type: 'SecureString', Overwrite: false });
  });
});
