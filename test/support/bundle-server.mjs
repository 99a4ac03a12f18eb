/** Bundles the server, or another program, as `npm run build` does: node bundle-server.mjs OUTFILE [NAME]. */
import { build } from 'esbuild';
import { bundleTargets } from '../../scripts/bundle-targets.mjs';

const banner =
  "import{createRequire as forgeRequire}from'node:module';const require=forgeRequire(import.meta.url);";
const name = process.argv[3] ?? 'server';
const target = bundleTargets().find((each) => each.name === name);
if (!target) throw new Error(`scripts/bundle-targets.mjs names no bundle "${name}".`);
await build({
  ...target.options,
  entryPoints: [target.entry],
  outfile: process.argv[2],
  banner: { js: banner },
  metafile: false,
  write: true,
});
