#!/usr/bin/env node
/**
 * npm run test:gpu: device placement, precision, checkpoints across devices, base-25m, several GPUs. Without a CUDA
 * device, or with one where a test needs two, it runs what the CPU can and names the rest as not run. Measured figures go to dist/gpu/.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { inProject, venvPython } from './project.mjs';
import { runCommand } from './run-command.mjs';
import { runMain, setUp } from './setup.mjs';
import { pytestOutcome } from './test-results.mjs';

const LIMIT_SECONDS = 10 * 60;
const RESULTS = inProject('dist', 'gpu');
/** Those that fork come first: a fork cannot use a GPU that its parent has touched, nor need they. */
const FOLDERS = ['tests/training/test_shared_training.py', 'tests/test_shared_jobs.py', 'tests/gpu'];
const REPORT = `${RESULTS}/pytest.xml`;

await runMain(async () => {
  await setUp({ bundles: false });
  rmSync(RESULTS, { recursive: true, force: true });
  mkdirSync(RESULTS, { recursive: true });
  const command = [venvPython(), '-m', 'pytest', ...FOLDERS, `--junitxml=${REPORT}`];
  const { exitCode, timedOut, output } = await runCommand(command, {
    cwd: inProject('containers'),
    env: { FORGE_GPU_RESULTS: RESULTS, CUBLAS_WORKSPACE_CONFIG: ':4096:8' },
    limitSeconds: LIMIT_SECONDS,
    live: process.stderr,
  });
  const { passed, failed, reasons } = pytestOutcome(REPORT, exitCode, false);
  if (timedOut) reasons.push(`no end within ${LIMIT_SECONDS} seconds`);
  for (const reason of reasons) console.log(`FAILED: ${reason}`);
  for (const line of output.split('\n')) if (line.startsWith('not run: ')) console.log(line);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
