// Writes contracts/schemas from the zod sources. A test fails when the two differ: run this after changing a source.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bundle = join(root, 'dist', 'generate-schemas.mjs');
await build({
  entryPoints: [join(root, 'contracts/source/json-schema.ts')],
  outfile: bundle,
  bundle: true,
  format: 'esm',
  platform: 'node',
  logLevel: 'error',
});
const { renderSchemas } = await import(pathToFileURL(bundle).href);
for (const [name, text] of renderSchemas()) {
  const file = join(root, 'contracts', 'schemas', name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
