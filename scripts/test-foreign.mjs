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
import { pytestOutcome } from './test-results.mjs';

const LIMIT_SECONDS = 20 * 60;
const RESULTS = inProject('dist', 'foreign');
const REPORT = join(RESULTS, 'pytest.xml');
const FILES = ['transformers', 'llama_cpp', 'onnxruntime'].map((name) => `tests/foreign/check_${name}.py`);

const say = (line) => process.stderr.write(`test:foreign: ${line}\n`);

function printFigures() {
  const names = readdirSync(RESULTS).filter((name) => name.endsWith('.json'));
  for (const name of names.sort())
    console.log(`${name}: ${readFileSync(join(RESULTS, name), 'utf8').trim()}`);
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
  const { passed, failed, reasons } = pytestOutcome(REPORT, exitCode, false);
  if (timedOut) reasons.push(`no end within ${LIMIT_SECONDS} seconds`);
  printFigures();
  for (const reason of reasons) console.log(`FAILED: ${reason}`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
