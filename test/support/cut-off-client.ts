/** Follows a run through one connection after the other, each cut off at a moment that chance picks. */
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSocketClient } from './socket-client.ts';
import type { SocketWorld } from './socket-world.ts';

export interface Followed {
  /** Numbers in the order in which the client took them. */
  readonly seqs: readonly number[];
  /** How many there were to take. */
  readonly written: number;
  /** Events that came a second time and were known by their number. */
  readonly known: number;
  readonly resyncs: number;
  /** Connections that were cut off before they had said anything. */
  readonly silent: number;
}

interface Heard {
  readonly seq?: number;
  readonly type: string;
}

interface Line {
  /** @param hard without saying goodbye */
  cut(hard: boolean): void;
}

/** Goes on after a number; `hear` is told of each frame until the line is cut. */
export type Connect = (world: SocketWorld, after: number, hear: (frame: Heard) => void) => Promise<Line>;

export const overSocket: Connect = async ({ url, run }, after, hear) => {
  const { socket, say } = await openSocketClient(url, 'own');
  const listen = (data: unknown) => hear(JSON.parse(String(data)));
  socket.on('message', listen);
  say({ action: 'resume', run, resume: { after } });
  return {
    cut(hard) {
      socket.off('message', listen);
      if (hard) socket.terminate();
      else socket.close();
    },
  };
};

/** Blocks that came whole; half a block at the moment of the cut is nothing. */
export const overStream: Connect = ({ events }, after, hear) =>
  new Promise((resolve, reject) => {
    const headers = { authorization: 'Bearer own', accept: 'text/event-stream' };
    const from = after === 0 ? {} : { 'last-event-id': String(after) };
    const asked = request(events, { headers: { ...headers, ...from }, agent: false }, (answer) => {
      let rest = '';
      answer.setEncoding('utf8');
      answer.on('error', () => undefined);
      answer.on('data', (part: string) => {
        const blocks = (rest + part).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) {
          const type = /^event: (.*)$/m.exec(block)?.[1] ?? '';
          const seq = /^id: (\d+)$/m.exec(block)?.[1];
          hear(seq === undefined ? { type } : { type, seq: Number(seq) });
        }
      });
      resolve({
        cut(hard) {
          answer.removeAllListeners('data');
          if (hard) answer.socket.resetAndDestroy();
          else answer.destroy();
        },
      });
    });
    asked.on('error', reject);
    asked.end();
  });

/** What one client has, whatever the connection that it came over. */
class Taken {
  readonly seqs: number[] = [];
  known = 0;
  resyncs = 0;
  silent = 0;
  heard = false;
  private waiting: (() => void) | undefined;
  private wanted = 0;

  hear({ seq, type }: Heard): void {
    this.heard = true;
    if (type === 'resync') this.resyncs += 1;
    if (seq === undefined) return;
    if (seq > this.last) this.seqs.push(seq);
    else this.known += 1;
    if (this.last >= this.wanted) this.waiting?.();
  }

  get last(): number {
    return this.seqs.at(-1) ?? 0;
  }

  until(seq: number): Promise<void> {
    this.wanted = seq;
    return new Promise((resolve) => {
      this.waiting = resolve;
      if (this.last >= seq) resolve();
    });
  }
}

/** @param random numbers from 0 to 1 */
export async function followThroughCuts(
  world: SocketWorld,
  connect: Connect,
  cuts: number,
  random: () => number,
): Promise<Followed> {
  const taken = new Taken();
  let written = (await world.ports.events.read(world.tenant, world.run, 0, 1e9)).at(-1)?.seq ?? 0;
  const write = async (count: number) => {
    written += count;
    await world.append(count);
  };
  for (let cut = 0; cut <= cuts; cut += 1) {
    taken.heard = false;
    const line = await connect(world, taken.last, (frame) => taken.hear(frame));
    await write(1 + Math.floor(random() * 5));
    if (cut === cuts) {
      await taken.until(written);
      line.cut(true);
      break;
    }
    // Before the answer, in the middle of a page, or after all of it.
    const moment = random();
    if (moment > 0.3) await sleep(moment * 8);
    const more = random() < 0.5 ? write(1 + Math.floor(random() * 150)) : undefined;
    line.cut(random() < 0.5);
    if (!taken.heard) taken.silent += 1;
    await more;
  }
  const { seqs, known, resyncs, silent } = taken;
  return { seqs, written, known, resyncs, silent };
}
