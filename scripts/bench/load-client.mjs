/**
 * A client in a process of its own, so that its work is not in the server's figures. Each message asks for one task;
 * the answer holds latencies in milliseconds.
 */
import { Agent, request as ask } from 'node:http';
import { arrivalsOf, openSockets, openStreams } from './load-followers.mjs';

const agents = new Map();

function agentOf(connections) {
  if (!agents.has(connections)) {
    agents.set(connections, new Agent({ keepAlive: true, maxSockets: connections }));
  }
  return agents.get(connections);
}

/** Resolves with status and body; `onText` sees the body as it comes and ends the request by returning true. */
function send({ url, method = 'GET', path, headers = {}, body }, agent, onText) {
  return new Promise((resolve, reject) => {
    const outgoing = ask(new URL(path, url), { method, headers, agent }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part) => {
        text += part;
        if (onText?.(text)) answer.destroy();
      });
      answer.on('close', () => resolve({ status: answer.statusCode, text }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function load({ requests, connections, ...target }) {
  const agent = agentOf(connections);
  const latencies = [];
  let left = requests;
  let bytes = 0;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      const started = performance.now();
      const { status, text } = await send(target, agent);
      latencies.push(performance.now() - started);
      if (status !== 200)
        throw new Error(`${target.path} was answered with ${status}: ${text.slice(0, 500)}`);
      bytes = Buffer.byteLength(text);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  return { latencies, bytes };
}

/** From the submission to the first event of its stream; the stream is then read to its end before the next one. */
async function firstEvents({ submissions, url, headers, body, keys }) {
  const agent = agentOf(4);
  const latencies = [];
  for (let number = 0; number < submissions; number += 1) {
    const started = performance.now();
    const key = { 'idempotency-key': `${keys}-${number}`, 'content-type': 'application/json' };
    const submit = { url, method: 'POST', path: '/v1/runs', headers: { ...headers, ...key }, body };
    const answer = await send(submit, agent);
    if (answer.status !== 202)
      throw new Error(`The submission was answered with ${answer.status}: ${answer.text}`);
    const path = `/v1/runs/${JSON.parse(answer.text).id}/events`;
    let seen = false;
    await send({ url, path, headers: { ...headers, accept: 'text/event-stream' } }, agent, (text) => {
      if (!seen && /^id: /m.test(text) && text.includes('\n\n')) {
        seen = true;
        latencies.push(performance.now() - started);
      }
      return text.includes('event: end');
    });
    if (!seen) throw new Error('The stream ended without an event.');
  }
  return { latencies };
}

function answerTo(task) {
  if (task.submissions) return firstEvents(task);
  if (task.streams) return openStreams(task);
  if (task.sockets) return openSockets(task);
  return task.arrived ? arrivalsOf(task) : load(task);
}

process.on('message', (task) => {
  answerTo(task).then(
    (answer) => process.send(answer),
    (error) => process.send({ error: error.stack }),
  );
});
process.on('disconnect', () => process.exit(0));
