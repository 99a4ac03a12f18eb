/** Serves one model's folder on loopback: `forge models serve` starts it. Says one line when it listens. */

import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { onnxRuntime } from '#adapters/onnx/onnx-runtime.ts';
import { readProbe } from '#adapters/onnx/probe-file.ts';
import { servedModel } from '#core/application/serving/served-model.ts';
import { verifyProbe } from '#core/application/serving/verify-probe.ts';
import { ForgeError } from '#core/domain/errors.ts';
import type { Agreement } from '#core/domain/inference/agreement.ts';
import { byteLevelBpe } from '#core/domain/inference/byte-level-bpe.ts';
import type { GraphSession } from '#core/ports/graph-runtime.ts';
import { completionsApp } from './completions.ts';

const QUEUE = { active: 8, waiting: 32 };

/** What the container's runtime said of a few tokens has to be what this one says. */
async function requireAgreement(session: GraphSession, folder: string): Promise<Agreement | null> {
  const probe = await readProbe(folder, session.graph);
  if (!probe) return null;
  const agreement = await verifyProbe(session, probe);
  if (agreement.agrees) return agreement;
  const { largestDifference, tolerance, sameChoice } = agreement;
  throw new ForgeError(
    'numeric',
    `${session.runtime} is ${largestDifference} from the logits in probe.json, expected at most ${tolerance}; ${sameChoice * 100} % of the choices are the same.`,
    { code: 'disagrees', hint: 'Do not serve this graph here; export it again and compare.' },
  );
}

/** @param words folder of the graph, tokenizer.json, the model's name and the hash of its weights, port */
async function main(words: readonly string[]): Promise<void> {
  const [folder = '.', file = 'tokenizer.json', model = 'model', weightsHash, port = '0'] = words;
  const session = await onnxRuntime({ from: import.meta.url }).open(folder);
  if (session.graph.model.weightsHash !== weightsHash)
    throw new ForgeError(
      'validation',
      `The graph is of the weights ${session.graph.model.weightsHash}; ${model} has ${weightsHash}.`,
      { code: 'other_model', hint: `Write its own: forge models export ${model} --to onnx --out DIR.` },
    );
  const agreement = await requireAgreement(session, folder);
  const tokenizer = byteLevelBpe(await readFile(file, 'utf8'));
  const served = servedModel(session, tokenizer, { ...QUEUE, now: () => performance.now() });
  const app = completionsApp(
    served,
    { model, weightsHash, agreement },
    { now: () => new Date(), onFault: (error) => console.error(error) },
  );
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await new Promise<void>((done, fail) => {
    server.once('error', (error) =>
      fail(
        new ForgeError('dependency', `Cannot listen on port ${port}: ${error.message}`, {
          code: 'port_unavailable',
          hint: 'Name a free one: --port N; or 0 for any.',
        }),
      ),
    );
    server.listen(Number(port), '127.0.0.1', done);
  });
  const stop = () => {
    server.close(() => void session.close());
    server.closeAllConnections();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  console.log(JSON.stringify({ type: 'serving', url, model, runtime: session.runtime, agreement }));
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  const { kind, code, message, hint } =
    error instanceof ForgeError ? error : new ForgeError('bug', String(error));
  console.log(JSON.stringify({ type: 'refused', kind, code, message, hint }));
  process.exitCode = 1;
});
