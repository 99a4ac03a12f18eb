/** The events of a run as server-sent events: what is there, then what comes, until the run's last one. */
import type { ForgeEvent } from '#contracts/source/event.ts';
import { isFinalEvent } from '#contracts/source/event-types.ts';
import type { ApiContext } from './environment.ts';

const BATCH = 500;
const NEWS_MS = 1000;
const PING_MS = 15_000;

const encoder = new TextEncoder();
/** Control frames carry no id: a client that comes back names the last event of the run. */
const END = encoder.encode('event: end\ndata: {}\n\n');
const PING = encoder.encode(': ping\n\n');
const RESYNC = encoder.encode('event: resync\ndata: {"after":0}\n\n');

export interface Following {
  readonly tenant: string;
  readonly run: string;
  /** Number of the last event that the client has. */
  readonly after: number;
  /** What the client has is not of this log: it is told to drop it, ahead of the first event. */
  readonly resync: boolean;
}

/** A look that many followers share is written out once for all of them. */
const texts = new WeakMap<readonly ForgeEvent[], Uint8Array>();

function textOf(batch: readonly ForgeEvent[]): Uint8Array {
  const known = texts.get(batch);
  if (known) return known;
  const frames = batch.map(
    (each) => `event: ${each.type}\ndata: ${JSON.stringify(each)}\nid: ${each.seq}\n\n`,
  );
  const text = encoder.encode(frames.join(''));
  texts.set(batch, text);
  return text;
}

/** The body of a stream; reads on only as fast as the client takes it. */
export function eventStream(api: ApiContext, following: Following): ReadableStream<Uint8Array> {
  const life = { cancelled: false };
  const chunks = follow(api, following, life);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await chunks.next();
        if (life.cancelled) return;
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        api.telemetry.logger.error('event stream failed', { run: following.run, error: error as Error });
        throw error;
      }
    },
    cancel() {
      life.cancelled = true;
    },
  });
}

async function* follow(
  { ports, options }: ApiContext,
  { tenant, run, after, resync }: Following,
  life: { readonly cancelled: boolean },
): AsyncGenerator<Uint8Array, void> {
  const until = Date.now() + (options.streamSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  let last = after;
  let sent = false;
  let pinged = Date.now();
  if (resync) yield RESYNC;
  while (!life.cancelled && Date.now() < until) {
    const batch = await ports.events.read(tenant, run, last, BATCH);
    if (batch.length > 0) {
      yield textOf(batch);
      last = batch.at(-1)?.seq ?? last;
      sent = true;
      if (!batch.some((each) => isFinalEvent(each.type))) continue;
      yield END;
      return;
    }
    // Whoever was just sent something would have been sent the end as well.
    if (!sent && (await ended(ports, tenant, run))) {
      yield END;
      return;
    }
    sent = false;
    if (Date.now() - pinged >= PING_MS) {
      yield PING;
      pinged = Date.now();
    }
    // Listening before the last look: what comes between the two is not waited for.
    const news = ports.events.waitForNews(tenant, run, NEWS_MS);
    const late = await ports.events.read(tenant, run, last, BATCH);
    if (late.length === 0) await news;
  }
}

/** True for a run that had ended before the client came, so that nobody waits for an event that was sent already. */
async function ended({ runs, events }: ApiContext['ports'], tenant: string, run: string): Promise<boolean> {
  const found = await runs.get(tenant, run);
  if (found?.endedAt == null) return false;
  const all = await events.read(tenant, run, 0, 1);
  return all.length > 0;
}
