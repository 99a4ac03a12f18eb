#!/usr/bin/env node
/**
 * npm run test:foreign: exports of toy models, trained for seconds on real text, in transformers, llama.cpp and
 * onnxruntime, against our own forward pass. Figures go to dist/foreign/.
 *
 *   npm run test:foreign -- --install   only make the environment that exports to GGUF and ONNX need
 */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { foreignPython, installForeign, LLAMA_PACKAGES, requirements } from './foreign/environment.mjs';
import { inProject } from './project.mjs';
import { runCommand } from './run-command.mjs';
import { runMain, setUp } from './setup.mjs';
import { jestOutcome, pytestOutcome } from './test-results.mjs';

const LIMIT_SECONDS = 20 * 60;
const RESULTS = inProject('dist', 'foreign');
const REPORT = join(RESULTS, 'pytest.xml');
// Apart from the figures, which are the JSON files there.
const JEST_REPORT = inProject('dist', 'foreign-jest.json');
const FILES = ['transformers', 'llama_cpp', 'onnxruntime'].map((name) => `tests/foreign/check_${name}.py`);

const say = (line) => process.stderr.write(`test:foreign: ${line}\n`);

function printFigures() {
  const names = readdirSync(RESULTS).filter((name) => name.endsWith('.json'));
  for (const name of names.sort())
    console.log(`${name}: ${readFileSync(join(RESULTS, name), 'utf8').trim()}`);
}

/** The command line and the server with exports that need the foreign environment. */
async function runJest() {
  const jest = [process.execPath, inProject('node_modules/jest/bin/jest.js'), 'test/foreign'];
  const { exitCode } = await runCommand([...jest, '--json', `--outputFile=${JEST_REPORT}`], {
    env: { FORGE_FOREIGN: '1', OMP_NUM_THREADS: '1' },
    limitSeconds: LIMIT_SECONDS,
    lastFile: JEST_REPORT,
    live: process.stderr,
  });
  return jestOutcome(JEST_REPORT, exitCode, false);
}

async function runPytest() {
  const command = [foreignPython(), '-m', 'pytest', ...FILES, `--junitxml=${REPORT}`];
  const { exitCode, timedOut } = await runCommand(command, {
    cwd: inProject('containers'),
    env: {
      FORGE_FOREIGN_RESULTS: RESULTS,
      FORGE_LLAMA_PACKAGES: LLAMA_PACKAGES,
      HF_HUB_OFFLINE: '1',
      OMP_NUM_THREADS: '1',
    },
    limitSeconds: LIMIT_SECONDS,
    live: process.stderr,
  });
  const outcome = pytestOutcome(REPORT, exitCode, false);
  if (!timedOut) return outcome;
  return { ...outcome, reasons: [...outcome.reasons, `no end within ${LIMIT_SECONDS} seconds`] };
}

await runMain(async () => {
  await setUp({ bundles: false });
  const installed = await installForeign(say);
  if (process.argv.includes('--install')) {
    console.log(`${installed ? 'installed' : 'installed already'}: ${requirements().join(', ')}`);
    return 0;
  }
  rmSync(RESULTS, { recursive: true, force: true });
  mkdirSync(RESULTS, { recursive: true });
  rmSync(JEST_REPORT, { force: true });
  // One after the other: each has the machine's cores.
  const outcomes = [await runPytest(), await runJest()];
  printFigures();
  for (const reason of outcomes.flatMap(({ reasons }) => reasons)) console.log(`FAILED: ${reason}`);
  const sum = (of) => outcomes.reduce((total, outcome) => total + of(outcome), 0);
  const failed = sum((outcome) => outcome.failed);
  console.log(`${sum(({ passed }) => passed)} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
