#!/usr/bin/env node
/**
 * npm run evidence -- ID [--tier ci|full] [--seeds 1,2,3]   runs an experiment and writes evidence/<ID>/<tier>.json
 * npm run evidence -- merge|quietstar|bake|tools|codecs|onnx|ood|automotive [...]  runs a group: E3A to E3D, E4, E11, E17, E18, E12, E14, or E14 to E16
 * npm run evidence [-- all ...]                             runs all of them; seeds are those of each record, if there is one
 * npm run evidence -- claims                                writes docs/claims.md and contracts/claim-verdicts.json from the records
 */
import { spawn } from 'node:child_process';
import { inProject, ROOT, venvPython } from './project.mjs';
import { exitCodeOf } from './run-command.mjs';
import { runMain, setUp } from './setup.mjs';

await runMain(async (args) => {
  await setUp({ bundles: false });
  // One thread, whatever the machine has: other thread counts give other bits.
  const env = {
    ...process.env,
    OMP_NUM_THREADS: '1',
    PYTHONPATH: inProject('containers'),
    PYTHONDONTWRITEBYTECODE: '1',
  };
  const child = spawn(venvPython(), ['-m', 'agent_forge', 'evidence', ...args], {
    cwd: ROOT,
    env,
    stdio: 'inherit',
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(exitCodeOf(code, signal)));
  });
});
