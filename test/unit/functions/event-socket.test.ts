/** The event socket behind API Gateway, by the events that it hands over, and what is pushed when the table changes. */
import { memoryConnections } from '#adapters/local/memory-connections.ts';
import { finishRun } from '#core/application/commands/finish-run.ts';
import { levelSubscription } from '#core/application/commands/level-subscription.ts';
import { ForgeError } from '#core/domain/errors.ts';
import type { NewEvent } from '#core/domain/event.ts';
import type { Principal } from '#core/domain/principal.ts';
import type { EventSockets } from '#core/ports/event-sockets.ts';
import { createEventSocket } from '#functions/event-socket/event-socket.ts';
import { createPushEvents } from '#functions/push-events/push-events.ts';
import { ADMIN, type MemoryPorts, memoryPorts, STRANGER } from '#test/support/memory-ports.ts';
import { startedRun } from '#test/support/toy-run.ts';

process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
process.env.POWERTOOLS_METRICS_DISABLED = 'true';

const PRINCIPALS: Readonly<Record<string, Principal>> = {
  'Bearer admin': ADMIN,
  'Bearer stranger': STRANGER,
};
const LIMITS = { claimSeconds: 30, mostEvents: 500 };
// biome-ignore lint/suspicious/noExplicitAny: a test reads any frame; what it reads is asserted.
type Frame = any;

let memory: MemoryPorts;
let ports: EventSockets;
let run: string;
let posted: { readonly connection: string; readonly frame: Frame; readonly bytes: number }[];
/** What posting to a connection does instead of succeeding. */
let trouble: Map<string, () => boolean>;
let socket: (event: unknown) => Promise<Frame>;

beforeEach(async () => {
  memory = memoryPorts();
  posted = [];
  trouble = new Map();
  ports = {
    ...memory,
    connections: memoryConnections(),
    sender: {
      async send(connection, text) {
        const reached = trouble.get(connection)?.() ?? true;
        if (reached) posted.push({ connection, frame: JSON.parse(text), bytes: Buffer.byteLength(text) });
        return reached;
      },
    },
  };
  const authenticator = {
    async authenticate({ authorization = '' }: { authorization: string | undefined }) {
      const found = PRINCIPALS[authorization];
      if (found) return found;
      throw new ForgeError('unauthenticated', 'Nobody knows you.', { code: 'invalid_token' });
    },
  };
  socket = createEventSocket({ ...ports, authenticator }) as typeof socket;
  run = (await startedRun(memory)).id;
});

/** As a WebSocket API hands it over. */
const gatewayEvent = (eventType: string, connectionId: string, rest: object = {}) => ({
  requestContext: {
    routeKey: { CONNECT: '$connect', DISCONNECT: '$disconnect' }[eventType] ?? '$default',
    eventType,
    connectionId,
    extendedRequestId: 'x',
    requestTime: '01/Mar/2026:12:00:00 +0000',
    messageDirection: 'IN',
    stage: 'live',
    connectedAt: 1772366400000,
    requestTimeEpoch: 1772366400000,
    domainName: 'abc.execute-api.eu-central-1.amazonaws.com',
    apiId: 'abc',
  },
  isBase64Encoded: false,
  ...rest,
});
const connect = (token = 'admin', id = 'one=') =>
  socket(
    gatewayEvent('CONNECT', id, {
      headers: { Host: 'abc', 'Sec-WebSocket-Protocol': `forge.v1, bearer.${token}` },
      multiValueHeaders: {},
    }),
  );
const say = (frame: unknown, id = 'one=') =>
  socket(gatewayEvent('MESSAGE', id, { body: typeof frame === 'string' ? frame : JSON.stringify(frame) }));
const framesOf = (id = 'one=') =>
  posted.filter(({ connection }) => connection === id).map(({ frame }) => frame);
const seqs = (id = 'one=') => framesOf(id).flatMap(({ seq }) => (seq === undefined ? [] : [seq]));
const controls = (id = 'one=') => framesOf(id).filter(({ seq }) => seq === undefined);
const progress = (data: NewEvent['data'] = {}): NewEvent => ({
  type: 'phase_progress',
  run,
  phase: 'cognate',
  attempt: 1,
  at: '2026-03-01T12:00:00.000Z',
  data,
});
const append = (count = 1, data: NewEvent['data'] = {}) =>
  memory.eventLog.append(
    'default',
    Array.from({ length: count }, () => progress(data)),
  );
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, at) => first + at);

/** Images of the table's stream; the function looks for events in the log, whatever an image says. */
const push = (times = 1) => {
  const records = upTo(times).map((number) => ({ dynamodb: { SequenceNumber: `${number}`, NewImage: {} } }));
  const eventOf = async () => ({ ...progress(), seq: 1, tenant: 'default' });
  return createPushEvents({ ...ports, eventOf })({ Records: records });
};

describe('a connection', () => {
  it('is opened for a token among the protocols, which is not named again in the answer', async () => {
    expect(await connect()).toEqual({ statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'forge.v1' } });
    expect(await ports.connections.connection('one=', '2026-03-01T12:00:00.000Z')).toMatchObject({
      tenant: 'default',
      subject: 'local',
      role: 'admin',
    });
  });

  it.each([
    ['the header', { headers: { authorization: 'Bearer admin' } }],
    ['the address', { queryStringParameters: { token: 'admin' } }],
  ])('may bring its token in %s', async (_, rest) => {
    expect(await socket(gatewayEvent('CONNECT', 'one=', rest))).toEqual({ statusCode: 200 });
  });

  it('is refused with 401 and a problem, and nothing is written', async () => {
    for (const answer of [await connect('nobody'), await socket(gatewayEvent('CONNECT', 'one='))]) {
      expect(answer.statusCode).toBe(401);
      expect(JSON.parse(answer.body)).toMatchObject({ kind: 'unauthenticated', code: 'invalid_token' });
    }
    expect(await ports.connections.connection('one=', '2026-03-01T12:00:00.000Z')).toBeNull();
  });

  it('is forgotten when it says goodbye, with all that it followed', async () => {
    await connect();
    await say({ action: 'subscribe', run });
    await socket(gatewayEvent('DISCONNECT', 'one='));
    await append();
    await push();
    expect([seqs(), await ports.connections.followed('one=')]).toEqual([upTo(4), []]);
    await say({ action: 'ping' });
    expect(controls().at(-1)).toMatchObject({ type: 'problem', problem: { code: 'connection_expired' } });
  });
});

describe('a subscription', () => {
  beforeEach(() => connect());

  it('brings what is there as envelopes, then what comes, each once, however often the news are delivered', async () => {
    await say({ action: 'subscribe', run });
    expect(framesOf()[0]).toEqual({ type: 'subscribed', run, after: 0 });
    expect(framesOf().slice(1)).toEqual(await memory.events.read('default', run, 0, 100));
    await append(2);
    expect(await push(3)).toEqual({ batchItemFailures: [] });
    await push();
    expect([seqs(), controls().length]).toEqual([upTo(6), 1]);
  });

  it('goes on after a number, and after {resume} of the only run', async () => {
    await say({ action: 'subscribe', run, after: 3 });
    await say({ resume: { after: 2 } });
    expect(seqs()).toEqual([4, 3, 4]);
  });

  it('cannot be resumed when it is not clear which run is meant', async () => {
    await say({ resume: { after: 2 } });
    expect(controls()).toMatchObject([{ type: 'problem', problem: { code: 'run_required' } }]);
  });

  it.each([5, 1e9, -1, 1.5, 2 ** 60])(
    'after %s, which the log has not given, begins again with one resync',
    async (after) => {
      await say({ action: 'subscribe', run, after });
      expect(controls().map(({ type }) => type)).toEqual(['resync', 'subscribed']);
      expect(seqs()).toEqual(upTo(4));
    },
  );

  it('ends with the run, and for a run that has ended at once', async () => {
    await say({ action: 'subscribe', run });
    await finishRun(memory, ADMIN, { runId: run, outcome: 'FAILED', error: 'x', cause: 'y' });
    await push();
    expect(controls().at(-1)).toEqual({ type: 'end', run });
    expect(await ports.connections.followed('one=')).toEqual([]);
    const { length } = posted;
    await say({ action: 'subscribe', run, after: seqs().at(-1) });
    expect(framesOf().slice(length)).toMatchObject([{ type: 'subscribed' }, { type: 'end', run }]);
  });

  it('is refused for the run of another tenant as for one that does not exist', async () => {
    await connect('stranger', 'two=');
    await say({ action: 'subscribe', run }, 'two=');
    await say({ action: 'subscribe', run: '01ARZ3NDEKTSV4RRFFQ69G5FAV' }, 'two=');
    await append();
    await push();
    const problems = controls('two=').map(({ problem }) => [problem.kind, problem.code]);
    expect([problems, seqs('two=')]).toEqual([
      [
        ['not_found', 'not_found'],
        ['not_found', 'not_found'],
      ],
      [],
    ]);
  });

  it('may be ended by the client', async () => {
    await say({ action: 'subscribe', run });
    await say({ action: 'unsubscribe', run });
    await append();
    await push();
    expect([seqs(), controls().at(-1)]).toEqual([upTo(4), { type: 'unsubscribed', run }]);
  });

  it('of the twenty-first run is refused', async () => {
    for (let number = 0; number < 20; number += 1)
      await say({ action: 'subscribe', run: (await startedRun(memory, { name: `run-${number}` })).id });
    await say({ action: 'subscribe', run });
    expect(controls().at(-1)).toMatchObject({ problem: { kind: 'limit', code: 'too_many_subscriptions' } });
  });

  it('that is far behind comes in parts, and each ping brings the next one', async () => {
    await append(1100);
    await say({ action: 'subscribe', run });
    expect([seqs(), controls().at(-1)]).toEqual([upTo(500), { type: 'behind', run, after: 500 }]);
    await say({ action: 'ping' });
    await say({ action: 'ping' });
    expect([seqs(), controls().at(-1)]).toEqual([upTo(1104), { type: 'pong' }]);
  });

  it('shows an event that is too long for a frame without its data', async () => {
    await append(1, { text: 'ü'.repeat(70_000) });
    await say({ action: 'subscribe', run, after: 4 });
    expect(framesOf().at(-1)).toMatchObject({ seq: 5, type: 'phase_progress', data: {}, truncated: true });
    expect(Math.max(...posted.map(({ bytes }) => bytes))).toBeLessThanOrEqual(128 * 1024);
  });
});

describe('pushing', () => {
  beforeEach(async () => {
    for (const id of ['one=', 'two=', 'three=']) {
      await connect('admin', id);
      await say({ action: 'subscribe', run }, id);
    }
  });

  it('forgets a connection that is gone, and reaches the others', async () => {
    trouble.set('two=', () => false);
    await append();
    expect(await push()).toEqual({ batchItemFailures: [] });
    expect([seqs('one='), seqs('two='), seqs('three=')]).toEqual([upTo(5), upTo(4), upTo(5)]);
    expect(await ports.connections.connection('two=', '2026-03-01T12:00:00.000Z')).toBeNull();
  });

  it('has what failed delivered again, and sends nobody anything twice', async () => {
    let failures = 0;
    trouble.set('two=', () => {
      if (failures++ < 1) throw new ForgeError('dependency', 'API Gateway is throttled.');
      return true;
    });
    await append(2);
    expect(await push(2)).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
    expect(await push(2)).toEqual({ batchItemFailures: [] });
    for (const id of ['one=', 'two=', 'three=']) expect(seqs(id)).toEqual(upTo(6));
  });

  it('leaves a subscription to the sender that has it, which sees what came meanwhile', async () => {
    const follower = { tenant: 'default', run, connection: 'one=' };
    let inside = 0;
    trouble.set('one=', () => {
      inside += 1;
      return true;
    });
    await append();
    const slow = { ...ports, sender: { send: slowSend } };
    async function slowSend(connection: string, text: string): Promise<boolean> {
      if (inside === 0) {
        await append();
        await levelSubscription(ports, follower, LIMITS);
        expect(inside).toBe(0);
      }
      return ports.sender.send(connection, text);
    }
    await levelSubscription(slow, follower, LIMITS);
    expect(seqs('one=')).toEqual(upTo(6));
  });

  it('takes over from a sender that died, when its claim has run out', async () => {
    const held = await ports.connections.subscription('default', run, 'one=');
    if (!held) throw new Error('the subscription is not there');
    const claimedUntil = new Date(memory.clock.now().getTime() + 30_000).toISOString();
    await ports.connections.save(
      { ...held, claimedUntil, recordVersion: held.recordVersion + 1 },
      held.recordVersion,
    );
    await append();
    await push();
    expect(seqs('one=')).toEqual(upTo(4));
    memory.advance(31_000);
    await say({ action: 'ping' });
    expect(seqs('one=')).toEqual(upTo(5));
  });
});

describe('a frame that is none', () => {
  beforeEach(() => connect());

  it.each([
    ['no JSON', '{', 'invalid_json'],
    ['a list', '[]', 'invalid_json'],
    ['nothing', '', 'invalid_json'],
    ['no action', '{}', 'unknown_action'],
    ['an action of the prototype', '{"action":"constructor"}', 'unknown_action'],
    ['an unknown action', '{"action":"subscribbe"}', 'unknown_action'],
    ['a run that is none', '{"action":"subscribe","run":"x"}', 'invalid_format'],
    ['a number as text', '{"action":"resume","resume":{"after":"1"}}', 'invalid_type'],
    ['an unknown member', '{"action":"ping","x":1}', 'unknown_field'],
    ['too long', `{"action":"${'x'.repeat(32 * 1024)}"}`, 'frame_too_large'],
  ])('%s is answered with a problem and changes nothing', async (_, text, code) => {
    expect(await say(text)).toEqual({ statusCode: 200 });
    expect(controls()).toMatchObject([{ type: 'problem', problem: { code, instance: '/v1/socket' } }]);
    expect([seqs(), await ports.connections.followed('one=')]).toEqual([[], []]);
  });

  it('of the gateway itself is refused by kind', async () => {
    await expect(socket({ requestContext: { eventType: 'CONNECT' } })).rejects.toMatchObject({
      name: 'validation',
    });
  });
});
