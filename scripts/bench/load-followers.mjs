/** Followers of a run that stay connected, as streams or as sockets, and when each event came to each of them. */
import { request as ask } from 'node:http';
import { WebSocket } from 'ws';

/** Arrival times of each event number at all open streams, by the address of the server. */
const arrivals = new Map();

function arrive(url, seq) {
  const ofServer = arrivals.get(url) ?? new Map();
  arrivals.set(url, ofServer);
  const times = ofServer.get(seq) ?? [];
  ofServer.set(seq, times);
  times.push(performance.timeOrigin + performance.now());
}

/** Opens streams that stay open; resolves when every one of them has had its first event. */
export async function openStreams({ streams, url, path, headers }) {
  const open = () =>
    new Promise((resolve, reject) => {
      const outgoing = ask(new URL(path, url), { headers, agent: false }, (answer) => {
        answer.setEncoding('utf8');
        answer.on('data', (part) => {
          for (const [, seq] of part.matchAll(/^id: (\d+)$/gm)) arrive(url, Number(seq));
          resolve();
        });
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
  for (let number = 0; number < streams; number += 1) await open();
  return { latencies: [] };
}

/** Milliseconds since the epoch at which each stream had the event, once all of them have it. */
export async function arrivalsOf({ arrived: seq, of: count, url }) {
  while ((arrivals.get(url)?.get(seq)?.length ?? 0) < count) await new Promise((done) => setTimeout(done, 5));
  return { latencies: arrivals.get(url).get(seq) };
}

/** As streams, over sockets: resolves when each follows the run and has had its first event. */
export async function openSockets({ sockets, url, protocols, hello }) {
  const open = () =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url.replace(/^http/, 'ws'), protocols, { perMessageDeflate: false });
      socket.on('open', () => socket.send(hello));
      socket.on('message', (data) => {
        // The number stands first in an envelope; control frames have none.
        const [, seq] = /^\{"seq":(\d+)/.exec(data.toString('latin1', 0, 32)) ?? [];
        if (seq === undefined) return;
        arrive(url, Number(seq));
        resolve();
      });
      socket.on('error', reject);
      socket.on('close', (code) => reject(new Error(`A socket was closed with ${code}.`)));
    });
  for (let number = 0; number < sockets; number += 1) await open();
  return { latencies: [] };
}
