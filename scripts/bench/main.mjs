#!/usr/bin/env node
/**
 * Measures what is fast, each figure beside its limit: `npm run bench -- [NAME ...] [--json FILE] [--quick]`.
 *
 * Exits with 0 when every bench ran, whatever it measured; with 1 when one broke; with 2 for a wrong command line.
 * `--quick` counts so little that it shows only that the benches work.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { inProject, ROOT } from '../project.mjs';
import { bundleBench } from './bundle-bench.mjs';
import { tableOf } from './table.mjs';

/** `noOp`: phases that do nothing, see bundle-bench.mjs. `processes`: how many fresh ones are measured. */
const BENCHES = {
  'control-plane': { entry: 'control-plane.ts', noOp: true, processes: 5 },
  api: { entry: 'api.ts', noOp: true, processes: 1 },
  'first-event': { entry: 'first-event.ts', noOp: true, processes: 1 },
  'event-fan-out': { entry: 'event-fan-out.ts', noOp: true, processes: 1 },
  sockets: { entry: 'sockets.ts', noOp: true, processes: 1 },
  'registry-list': { entry: 'registry-list.ts', noOp: true, processes: 1 },
  load: { entry: 'load.ts', noOp: true, processes: 1 },
  'fan-out': { entry: 'fan-out.ts', noOp: false, processes: 1 },
  'job-start': { entry: 'job-start.ts', noOp: false, processes: 1 },
  training: { entry: 'training.mjs', processes: 1 },
  merge: { entry: 'merge.mjs', processes: 1 },
  ternary: { entry: 'ternary.mjs', processes: 1 },
  bundles: { entry: 'bundles.mjs', processes: 1 },
};

function usage(words) {
  const options = { names: [], json: undefined, quick: false };
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === '--quick') options.quick = true;
    else if (word === '--json' && left.length > 0) options.json = left.shift();
    else if (Object.hasOwn(BENCHES, word)) options.names.push(word);
    else {
      const known = Object.keys(BENCHES).join(', ');
      console.error(`"${word}" is no bench and no option. Benches: ${known}. Options: --json FILE, --quick.`);
      process.exit(2);
    }
  }
  return { ...options, names: options.names.length ? options.names : Object.keys(BENCHES) };
}

/** The figures of one fresh process; rejects with what it said when it breaks. */
function measureOnce(module, tiny) {
  const folder = mkdtempSync(join(tmpdir(), 'forge-bench-'));
  const file = join(folder, 'figures.json');
  const context = JSON.stringify({ root: ROOT.replace(/[\\/]$/, ''), folder, tiny });
  const child = spawn(process.execPath, [inProject('scripts', 'bench', 'child.mjs'), module, context, file], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (part) => {
    said += part;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(JSON.parse(readFileSync(file, 'utf8')));
      else reject(new Error(`ended with ${signal ?? code}\n${said.trim()}`));
    });
  }).finally(() => rmSync(folder, { recursive: true, force: true }));
}

async function runBench(name, recordsOf, quick) {
  const { entry, noOp, processes } = BENCHES[name];
  const source = `scripts/bench/${entry}`;
  const module = entry.endsWith('.ts') ? await bundleBench(name, source, { noOp }) : inProject(source);
  const measured = [];
  for (let number = 0; number < (quick ? 1 : processes); number += 1) {
    measured.push(await measureOnce(module, quick));
  }
  return recordsOf(name, measured);
}

async function main({ names, json, quick }) {
  const recordModule = await bundleBench('record', 'scripts/bench/record.ts', { noOp: false });
  const { recordsOf } = createRequire(import.meta.url)(recordModule);
  const machine = { node: process.version, cpus: cpus().length, model: cpus()[0]?.model, load: loadavg() };
  const broken = [];
  const attempt = async (name) => {
    console.error(`${name} ...`);
    return runBench(name, recordsOf, quick).catch((error) => {
      broken.push(name);
      console.error(`${name} broke: ${error.message}`);
      return [];
    });
  };
  // Figures that count are measured alone; where none counts, the benches need not wait for each other.
  const all = quick ? await Promise.all(names.map(attempt)) : [];
  for (const name of quick ? [] : names) all.push(await attempt(name));
  const records = all.flat();
  if (records.length > 0) console.log(tableOf(records));
  console.log(
    `\nNode ${machine.node}, ${machine.cpus} x ${machine.model}, load ${machine.load[0].toFixed(1)} before`,
  );
  if (json)
    writeFileSync(
      json,
      `${JSON.stringify({ schemaVersion: 1, machine, quick, broken, records }, null, 2)}\n`,
    );
  return broken.length > 0 ? 1 : 0;
}

process.exitCode = await main(usage(process.argv.slice(2)));
