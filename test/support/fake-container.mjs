#!/usr/bin/env node
/**
 * Stands in for the container: takes the same arguments and environment, writes result manifests that satisfy phase 1,
 * and learns nothing. $HOME/plan.json may slow a stage down or make it fail: {"variants": {"ms": 500, "exit": 70}};
 * one that is deaf does not end on SIGTERM.
 * Told that an earlier result may stand, it leaves one that it finds, as the container does.
 * Every attempt leaves a line in $HOME/attempts.ndjson when it begins and when it ends.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const { HOME, AWS_BATCH_JOB_ID: jobId, AWS_BATCH_JOB_ATTEMPT, AWS_BATCH_JOB_ARRAY_INDEX } = process.env;
const task = JSON.parse(readFileSync(fileURLToPath(process.argv.at(-1)), 'utf8'));
const { runId, phase, stage } = task;
const index = AWS_BATCH_JOB_ARRAY_INDEX === undefined ? null : Number(AWS_BATCH_JOB_ARRAY_INDEX);
const attempt = Number(AWS_BATCH_JOB_ATTEMPT);
const startTime = new Date().toISOString();
const VARIANTS = ['reasoning', 'memory', 'adaptive'];
const sha = (bytes) => createHash('sha256').update(bytes).digest('hex');

function note(what) {
  const line = { what, runId, stage: stage.name, index, attempt, jobId, pid: process.pid };
  appendFileSync(join(HOME, 'attempts.ndjson'), `${JSON.stringify(line)}\n`);
}

function say(type, data) {
  process.stdout.write(`${JSON.stringify({ type, at: new Date().toISOString(), data })}\n`);
}

function writeWhole(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.${process.pid}.new`, content);
  renameSync(`${path}.${process.pid}.new`, path);
}

/** Puts bytes where their hash says. */
function publish(text) {
  const sha256 = sha(text);
  const uri = `${task.blobs}${sha256.slice(0, 2)}/${sha256}`;
  writeWhole(fileURLToPath(uri), text);
  return { uri, sha256, bytes: Buffer.byteLength(text) };
}

const size = { parameters: 1000, bytes: 16, layers: 2, hiddenSize: 32, thoughtTokens: 0, toolLayers: 0 };

function produced(name) {
  const isBase = name === 'base';
  const weights = { path: 'model.safetensors', ...publish(`weights of ${name}`) };
  const properties = {
    schemaVersion: 1,
    architectureHash: sha('architecture'),
    tokenizerHash: sha('tokenizer'),
    weightsHash: weights.sha256,
    baseHash: isBase ? null : sha('weights of base'),
    ...size,
    tensors: 12,
    vocabRows: 512,
    tokenizerSize: 512,
    reservedRows: 32,
    tied: true,
    finite: true,
    zeroMatrices: [],
    ternary: 'none',
    toolTypes: [],
    parents: isBase ? 0 : 1,
    relativeTaskVector: isBase ? null : 0.25,
  };
  const parent = { name: 'base', modelId: null, relation: 'continued-from', weight: 1 };
  return {
    name,
    role: isBase ? 'base' : 'variant',
    files: [weights, { path: 'properties.json', ...publish(JSON.stringify(properties)) }],
    architecture: { type: 'tiny-titan', ...size, quantised: false, bits: 32, toolTypes: [] },
    properties,
    parents: isBase ? [] : [parent],
  };
}

function metric(name) {
  const at = index === null ? stage.name : `${stage.name}/${index}`;
  return {
    schemaVersion: 1,
    id: `${runId}/${phase}/${at}/${jobId}/${attempt}/${name}`,
    name,
    value: 2,
    unit: 'bits/byte',
    runId,
    phase,
    stage: stage.name,
    index,
    jobId,
    attempt,
    step: null,
    model: null,
    split: 'heldout',
    source: 'fake-container',
    at: startTime,
  };
}

const resultFile = fileURLToPath(`${task.output}${index === null ? '' : `${index}/`}result.json`);

function writeResult(models, metrics) {
  const endTime = new Date().toISOString();
  const result = {
    schemaVersion: 1,
    success: true,
    runId,
    phase,
    stage: stage.name,
    index,
    jobId,
    attempt,
    models,
    metrics,
    artifacts: [],
    config: task.config,
    error: null,
    startTime,
    endTime,
    durationSeconds: (Date.parse(endTime) - Date.parse(startTime)) / 1000,
  };
  writeWhole(resultFile, JSON.stringify(result));
}

const planFile = join(HOME, 'plan.json');
const plan = existsSync(planFile) ? JSON.parse(readFileSync(planFile, 'utf8')) : {};
const {
  ms = 0,
  exit = 0,
  deaf = false,
} = plan[index === null ? stage.name : `${stage.name}/${index}`] ?? plan[stage.name] ?? {};
if (task.reuse && existsSync(resultFile) && JSON.parse(readFileSync(resultFile, 'utf8')).success)
  process.exit(0);
note('begin');
process.on('SIGTERM', () => {
  if (deaf) return;
  note('stopped');
  process.exit(75);
});
process.stderr.write(`stage ${stage.name} of ${phase}\nworking\ndone\n`);
say('phase_progress', { step: 1, steps: 2, fraction: 0.5, message: stage.name });
await sleep(ms);
if (exit === 0) {
  const last = stage.kind === 'reduce';
  const names = ['base', ...VARIANTS];
  writeResult(
    last ? names.map(produced) : [],
    last ? names.map((name) => metric(`${name}/bits_per_byte`)) : [],
  );
}
say('phase_progress', { step: 2, steps: 2, fraction: 1, message: stage.name });
note('end');
process.exitCode = exit;
