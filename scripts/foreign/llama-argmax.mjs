/**
 * node llama-argmax.mjs PACKAGES < request: what a real llama.cpp says of GGUF files. PACKAGES holds node-llama-cpp.
 *
 * The request is {files, prefixes, text}; the answer, one line of JSON, has per file the likeliest next token after
 * each prefix and the ids of the text.
 */
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const packages = process.argv[2] ?? '.';
const entry = join(packages, 'node_modules', 'node-llama-cpp', 'dist', 'index.js');
const { getLlama } = await import(pathToFileURL(entry).href);
const { files, prefixes, text } = JSON.parse(await readAll(process.stdin));

// The prebuilt program for this processor; nothing is downloaded and nothing built.
const llama = await getLlama({ build: 'never', gpu: false, logLevel: 'error', maxThreads: 1 });

async function nextToken(sequence, prefix) {
  await sequence.clearHistory();
  for await (const token of sequence.evaluate(prefix, { temperature: 0 })) return token;
  return null;
}

async function answers(file) {
  const model = await llama.loadModel({ modelPath: file, gpuLayers: 0 });
  const context = await model.createContext({ contextSize: 64, batchSize: 64, threads: 1 });
  const sequence = context.getSequence();
  const next = [];
  for (const prefix of prefixes) next.push(await nextToken(sequence, prefix));
  const ids = model.tokenize(text, false);
  await context.dispose();
  await model.dispose();
  return { next, ids: [...ids] };
}

const found = {};
for (const file of files) found[file] = await answers(file);
process.stdout.write(`${JSON.stringify(found)}\n`);
await llama.dispose();
