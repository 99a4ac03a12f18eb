#!/usr/bin/env node
/**
 * npm run test:faults -- crash|flips|cancel|sockets ... [--full] [--quick] [--seed N] [--kills N] [--flips N] [--cancels N] [--cuts N]
 *
 * Breaks the real product on purpose and looks whether it holds: processes killed without notice, bits flipped in
 * checkpoints, runs cancelled at any moment, followers cut off. Ends with "N passed, N failed" and a code that agrees with it; with 2 for a
 * wrong command line.
 */
import { createRequire } from 'node:module';
import { bundleFaults } from './faults/bundle-faults.mjs';
import { readArguments } from './faults/read-arguments.mjs';
import { ROOT } from './project.mjs';
import { runMain, setUp } from './setup.mjs';

await runMain(async (words) => {
  const wanted = readArguments(words);
  await setUp({ bundles: false });
  process.chdir(ROOT);
  const { main } = createRequire(import.meta.url)(await bundleFaults());
  return main(wanted);
});
