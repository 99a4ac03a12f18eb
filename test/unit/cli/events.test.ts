import type { ServerResponse } from 'node:http';
import { createApiClient } from '#cli/client/api-client.ts';
import type { FollowOptions } from '#cli/client/follow-events.ts';
import { type Frame, readFrames } from '#cli/client/server-sent-events.ts';
import { cleanUp, recordingIo, serveHttp } from './cli-harness.ts';
import { eventOf, frameOf, RUN } from './event-samples.ts';

afterEach(cleanUp);

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text, 'utf8');
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function framesOf(text: string, size: number): Promise<readonly Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of readFrames(inPieces(text, size))) frames.push(frame);
  return frames;
}

describe('frames', () => {
  const TEXT =
    ': ping\n\nid: 1\nevent: A\ndata: grün\ndata: zwei\n\nevent: end\ndata: {}\n\nid: 2\ndata: half';

  it.each([1, 2, 3, 7, 1000])('are the same when the bytes come %i at a time', async (size) => {
    expect(await framesOf(TEXT, size)).toEqual([
      { event: 'A', data: 'grün\nzwei', id: '1' },
      { event: 'end', data: '{}', id: null },
    ]);
  });

  it.each([1, 2, 1000])('may end their lines with carriage returns (%i bytes at a time)', async (size) => {
    expect(await framesOf(TEXT.replaceAll('\n', '\r\n'), size)).toEqual(await framesOf(TEXT, 1000));
  });
});

type Connection = (response: ServerResponse, after: number) => void;

/** A server of events whose n-th connection does what the n-th entry says; the last one for all after it. */
async function eventServer(connections: readonly Connection[]): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const url = await serveHttp((request, response) => {
    const after = new URL(request.url ?? '', 'http://x').searchParams.get('after') ?? '';
    asked.push(`${after}/${request.headers['last-event-id']}`);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    connections[Math.min(asked.length, connections.length) - 1]?.(response, Number(after));
  });
  return { url, asked };
}

async function follow(
  url: string,
  options: FollowOptions = {},
): Promise<{ seqs: number[]; states: string[] }> {
  const { io } = recordingIo({ env: { FORGE_ENDPOINT: url } });
  const aborted = () => new Error('aborted');
  const client = createApiClient({ io, flags: {}, signal: io.interrupted, aborted });
  const states: string[] = [];
  const seqs: number[] = [];
  const onConnection = (state: string) => void states.push(state);
  for await (const event of client.followEvents(RUN, { firstWaitSeconds: 0.02, onConnection, ...options }))
    seqs.push(event.seq);
  return { seqs, states };
}

const ALL = [1, 2, 3, 4]
  .map((seq) => eventOf(seq, 'JobStarted'))
  .concat(eventOf(5, 'RunCompleted', {}, null));

describe('following a run', () => {
  it('gives every event once, in order, and ends with the run', async () => {
    const { url, asked } = await eventServer([(response) => response.write(ALL.map(frameOf).join(''))]);
    expect((await follow(url)).seqs).toEqual([1, 2, 3, 4, 5]);
    expect(asked).toEqual(['0/0']);
  });

  it('goes on after the last event when the connection breaks, whatever is sent again', async () => {
    const { url, asked } = await eventServer([
      (response) =>
        response.write(`${ALL.slice(0, 2).map(frameOf).join('')}id: 3\ndata: {"se`, () => response.destroy()),
      (response) => response.end(),
      (response) => response.write(ALL.map(frameOf).join('')),
    ]);
    expect((await follow(url)).seqs).toEqual([1, 2, 3, 4, 5]);
    expect(asked).toEqual(['0/0', '2/2', '2/2']);
  });

  it('begins again with what the log holds when its own number is none of it', async () => {
    const { url, asked } = await eventServer([
      (response, after) =>
        response.write(
          (after > 5 ? 'event: resync\ndata: {"after":0}\n\n' : '') + ALL.slice(0, 2).map(frameOf).join(''),
          () => response.end(),
        ),
      (response, after) => response.write(ALL.slice(after).map(frameOf).join('')),
    ]);
    expect((await follow(url, { after: 99 })).seqs).toEqual([1, 2, 3, 4, 5]);
    expect(asked).toEqual(['99/99', '2/2']);
  });

  it('takes nothing from frames without an id, and ends when the server says so', async () => {
    const text = `event: resync\ndata: {"seq":99}\n\n${frameOf(eventOf(1, 'JobStarted'))}event: end\ndata: {}\n\n`;
    const { url } = await eventServer([(response) => response.end(text)]);
    expect((await follow(url)).seqs).toEqual([1]);
  });

  it('starts after the event that is known already', async () => {
    const { url, asked } = await eventServer([
      (response) => response.write(frameOf(eventOf(5, 'RunFailed', {}, null))),
    ]);
    expect((await follow(url, { after: 4 })).seqs).toEqual([5]);
    expect(asked).toEqual(['4/4']);
  });

  it('leaves a connection that says nothing, not even a ping', async () => {
    const { url, asked } = await eventServer([
      (response) => response.write(frameOf(eventOf(1, 'JobStarted'))),
      (response) => response.write(frameOf(eventOf(2, 'RunCompleted', {}, null))),
    ]);
    expect((await follow(url, { silenceSeconds: 0.1 })).seqs).toEqual([1, 2]);
    expect(asked).toEqual(['0/0', '1/1']);
  });

  it('says that the connection is lost, and gives up when it does not come back', async () => {
    const { url } = await eventServer([
      (response) => {
        cleanUp();
        response.destroy();
      },
    ]);
    const states: string[] = [];
    const following = follow(url, { patienceSeconds: 0.2, onConnection: (state) => void states.push(state) });
    await expect(following).rejects.toMatchObject({ kind: 'dependency' });
    expect(states).toEqual(['lost']);
  });

  it('tells at once when the first connection fails', async () => {
    const url = await serveHttp((_request, response) => {
      response.writeHead(404, { 'content-type': 'application/problem+json' });
      response.end('{"kind":"not_found","detail":"no such run"}');
    });
    await expect(follow(url)).rejects.toMatchObject({ kind: 'not_found', message: 'no such run' });
  });
});
