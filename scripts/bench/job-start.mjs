#!/usr/bin/env node
/** Bundles scripts/bench/job-start.ts to dist/ and runs it: `node scripts/bench/job-start.mjs [TRIES]`. */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const outfile = fileURLToPath(new URL('../../dist/bench/job-start.cjs', import.meta.url));
await build({
  absWorkingDir: root,
  entryPoints: ['scripts/bench/job-start.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  logLevel: 'warning',
});
const bundled = await import(pathToFileURL(outfile).href);
await (bundled.main ?? bundled.default.main)(root, process.argv.slice(2));
