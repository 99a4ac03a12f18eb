/** The events of a run: pages, and a stream that goes on where a client left off. */

import { finishRun } from '#core/application/commands/finish-run.ts';
import type { NewEvent } from '#core/domain/event.ts';
import { ADMIN, STRANGER } from '#test/support/memory-ports.ts';
import { startedRun } from '#test/support/toy-run.ts';
import { type ApiWorld, apiWorld } from './api-world.ts';

const AT = '2026-03-01T12:00:00.000Z';
let world: ApiWorld;
let run: string;

beforeEach(async () => {
  world = apiWorld();
  run = (await startedRun(world.ports)).id;
});

const progress = (step: number): NewEvent => ({
  type: 'phase_progress',
  run,
  phase: 'cognate',
  attempt: 1,
  at: AT,
  data: { step },
});
const append = (...steps: number[]) => world.ports.eventLog.append('default', steps.map(progress));
const finish = () => finishRun(world.ports, ADMIN, { runId: run, outcome: 'FAILED', error: 'x', cause: 'y' });

interface Frame {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
}

function framesOf(text: string): Frame[] {
  return text
    .split('\n\n')
    .filter((block) => block.trim() !== '')
    .map((block) =>
      Object.fromEntries(
        block
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      ),
    );
}

function follow(after: Record<string, string> = {}, query = '') {
  const headers = { accept: 'text/event-stream', ...after };
  return world.send('GET', `/v1/runs/${run}/events${query}`, { headers });
}

/** Reads a stream bit by bit. */
async function open(headers: Record<string, string> = {}) {
  const answer = await world.app.request(`/v1/runs/${run}/events`, {
    headers: { authorization: 'Bearer admin', accept: 'text/event-stream', ...headers },
  });
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  let text = '';
  return {
    answer,
    async until(wanted: string): Promise<string> {
      while (!text.includes(wanted)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`the stream ended before ${wanted}: ${text}`);
        text += new TextDecoder().decode(value);
      }
      return text;
    },
    close: () => reader.cancel(),
  };
}

describe('a page of events', () => {
  it('goes on after a number', async () => {
    const all = await world.send('GET', `/v1/runs/${run}/events`);
    expect(all.body.items.map((event: { type: string }) => event.type)).toEqual([
      'RunSubmitted',
      'RunStarted',
      'ContractChecked',
      'PhaseStarted',
    ]);
    const rest = await world.send('GET', `/v1/runs/${run}/events?after=3`);
    expect(rest.body).toEqual({ items: [all.body.items[3]], next: null });
  });

  it('names the number to go on after when there is more', async () => {
    await append(...Array.from({ length: 600 }, (_, step) => step));
    const first = await world.send('GET', `/v1/runs/${run}/events`);
    expect([first.body.items.length, first.body.next]).toEqual([500, 500]);
    const second = await world.send('GET', `/v1/runs/${run}/events?after=500`);
    expect([second.body.items[0].seq, second.body.items.length, second.body.next]).toEqual([501, 104, null]);
  });

  it.each(['x', '-1', '1.5', '1e3', ' ', '9'.repeat(16)])(
    'is refused after %s: 400 invalid_event_id',
    async (after) => {
      for (const sent of [{ headers: { 'last-event-id': after } }, {}]) {
        const answer = await world.send(
          'GET',
          `/v1/runs/${run}/events?after=${encodeURIComponent(after)}`,
          sent,
        );
        expect([answer.status, answer.body.code]).toEqual([400, 'invalid_event_id']);
      }
    },
  );
});

describe('a stream of events', () => {
  it('replays a run that has ended and ends by itself', async () => {
    await finish();
    const { status, headers, text } = await follow();
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    const frames = framesOf(text);
    expect(frames.map(({ id, event }) => [id, event])).toEqual([
      ['1', 'RunSubmitted'],
      ['2', 'RunStarted'],
      ['3', 'ContractChecked'],
      ['4', 'PhaseStarted'],
      ['5', 'RunFailed'],
      [undefined, 'end'],
    ]);
    const stored = await world.ports.events.read('default', run, 0, 10);
    expect(frames.slice(0, 5).map(({ data }) => JSON.parse(data ?? ''))).toEqual(stored);
  });

  it('goes on after Last-Event-ID, which wins over ?after', async () => {
    await finish();
    const { text } = await follow({ 'last-event-id': '4' }, '?after=0');
    expect(framesOf(text).map(({ id }) => id)).toEqual(['5', undefined]);
    const byQuery = await follow({}, '?after=3');
    expect(framesOf(byQuery.text).map(({ id }) => id)).toEqual(['4', '5', undefined]);
  });

  it('ends at once for who has seen the last event', async () => {
    await finish();
    const { text } = await follow({ 'last-event-id': '5' });
    expect(framesOf(text)).toEqual([{ event: 'end', data: '{}' }]);
  });

  it('tells a client to begin again, once and without an id, when the log has never given its number', async () => {
    await finish();
    const frames = framesOf((await follow({ 'last-event-id': '99' })).text);
    expect(frames[0]).toEqual({ event: 'resync', data: '{"after":0}' });
    expect(frames.slice(1).map(({ id }) => id)).toEqual(['1', '2', '3', '4', '5', undefined]);
  });

  it('delivers what comes while it is open, and each once', async () => {
    const stream = await open({ 'last-event-id': '4' });
    for (const step of [1, 2, 3]) {
      await append(step);
      await stream.until(`"step":${step}`);
    }
    await finish();
    const text = await stream.until('event: end');
    expect(framesOf(text).map(({ id }) => id)).toEqual(['5', '6', '7', '8', undefined]);
  });

  it('loses nothing and repeats nothing for a client that is cut off again and again', async () => {
    const seen: string[] = [];
    for (let cut = 0; cut < 10; cut += 1) {
      const stream = await open(seen.length > 0 ? { 'last-event-id': seen.at(-1) ?? '' } : {});
      await append(cut);
      const text = await stream.until(`"step":${cut}`);
      seen.push(...framesOf(text).flatMap(({ id }) => (id === undefined ? [] : [id])));
      await stream.close();
    }
    expect(seen).toEqual(Array.from({ length: 14 }, (_, index) => String(index + 1)));
  });

  it('sends a burst of more events than one batch holds', async () => {
    await append(...Array.from({ length: 1200 }, (_, step) => step));
    await finish();
    const ids = framesOf((await follow()).text).flatMap(({ id }) => (id === undefined ? [] : [Number(id)]));
    expect(ids).toEqual(Array.from({ length: 1205 }, (_, index) => index + 1));
  });

  it('ends after the time that its place allows, without an end event, so that the client comes back', async () => {
    const ports = world.ports;
    const short = apiWorld({ streamSeconds: 0.2 }, { ...ports });
    const answer = await short.app.request(`/v1/runs/${run}/events`, {
      headers: { authorization: 'Bearer admin', accept: 'text/event-stream' },
    });
    const frames = framesOf(await answer.text());
    expect(frames.map(({ event }) => event)).toEqual([
      'RunSubmitted',
      'RunStarted',
      'ContractChecked',
      'PhaseStarted',
    ]);
  });

  it('shows nothing of a run to another tenant', async () => {
    await finish();
    const { status, text } = await world.send('GET', `/v1/runs/${run}/events`, {
      as: 'stranger',
      headers: { accept: 'text/event-stream', 'last-event-id': '0' },
    });
    expect(status).toBe(404);
    expect(text).not.toContain('RunSubmitted');
    expect(await world.ports.events.read(STRANGER.tenant, run, 0, 10)).toEqual([]);
  });
});
