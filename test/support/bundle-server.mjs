/** Bundles the server as `npm run build` does, to the path that is given: node bundle-server.mjs OUTFILE. */
import { build } from 'esbuild';
import { bundleTargets } from '../../scripts/bundle-targets.mjs';

const banner =
  "import{createRequire as forgeRequire}from'node:module';const require=forgeRequire(import.meta.url);";
const target = bundleTargets().find(({ name }) => name === 'server');
if (!target) throw new Error('scripts/bundle-targets.mjs names no bundle "server".');
await build({
  ...target.options,
  entryPoints: [target.entry],
  outfile: process.argv[2],
  banner: { js: banner },
  metafile: false,
  write: true,
});
