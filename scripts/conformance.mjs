#!/usr/bin/env node
/** Bundles scripts/conformance.ts to dist/ and runs it: `npm run conformance -- DIR [--language JSONata|JSONPath|mixed|all]`. */
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const outfile = fileURLToPath(new URL('../dist/conformance.cjs', import.meta.url));
await build({
  absWorkingDir: root,
  entryPoints: ['scripts/conformance.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  logLevel: 'warning',
});
const bundled = await import(pathToFileURL(outfile).href);
process.exitCode = await (bundled.main ?? bundled.default.main)(process.argv.slice(2));
