#!/usr/bin/env node
/** node scripts/spot.mjs JSON: a market on this machine, one line of measures per seed that it reads; see scripts/spot/main.ts. */
import { createRequire } from 'node:module';
import { bundleFaults } from './faults/bundle-faults.mjs';
import { ROOT } from './project.mjs';
import { runMain } from './setup.mjs';

await runMain(async ([settings]) => {
  process.chdir(ROOT);
  const { main } = createRequire(import.meta.url)(await bundleFaults('scripts/spot/main.ts'));
  return main(JSON.parse(settings));
});
