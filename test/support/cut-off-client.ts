/** Follows a run through one connection after the other, each cut off at a moment that chance picks. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openSocketClient } from './socket-client.ts';
import type { SocketWorld } from './socket-world.ts';

export interface Followed {
  /** Numbers in the order in which the client took them. */
  readonly seqs: readonly number[];
  /** Events that came a second time and were known by their number. */
  readonly known: number;
  readonly resyncs: number;
}

/** @param random numbers from 0 to 1 */
export async function followThroughCuts(
  { url, run, append }: SocketWorld,
  cuts: number,
  random: () => number,
): Promise<Followed> {
  const seqs: number[] = [];
  let known = 0;
  let resyncs = 0;
  let written = 0;
  const write = async (count: number) => {
    written += count;
    await append(count);
  };
  for (let cut = 0; cut <= cuts; cut += 1) {
    const client = await openSocketClient(url, 'own');
    client.socket.on('message', (data) => {
      const { seq, type } = JSON.parse(String(data));
      if (type === 'resync') resyncs += 1;
      if (seq === undefined) return;
      if (seq > (seqs.at(-1) ?? 0)) seqs.push(seq);
      else known += 1;
    });
    client.say({ action: 'resume', run, resume: { after: seqs.at(-1) ?? 0 } });
    await write(1 + Math.floor(random() * 5));
    if (cut === cuts) {
      await client.next(({ seq }) => seq === written);
      client.socket.terminate();
      break;
    }
    // Before the answer, in the middle of a page, or after all of it.
    const moment = random();
    if (moment > 0.3) await sleep(moment * 8);
    const more = random() < 0.5 ? write(1 + Math.floor(random() * 150)) : undefined;
    if (random() < 0.5) client.socket.terminate();
    else client.socket.close();
    await more;
  }
  return { seqs, known, resyncs };
}
