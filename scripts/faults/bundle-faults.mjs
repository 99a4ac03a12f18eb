/** Bundles what breaks things, and the server that it breaks; what differs from the published server stands here. */
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { bundleTargets } from '../bundle-targets.mjs';
import { inProject, ROOT } from '../project.mjs';

/** Jobs of the preset "test" last seconds: at the published interval none would ever write a checkpoint. */
const CHECKPOINT_SECONDS = 1;

const frequentCheckpoints = {
  name: 'frequent-checkpoints',
  setup(builder) {
    builder.onLoad({ filter: /contracts[\\/]jobs\.json$/ }, ({ path }) => {
      const jobs = JSON.parse(readFileSync(path, 'utf8'));
      for (const phase of Object.values(jobs.phases)) phase.checkpointSeconds = CHECKPOINT_SECONDS;
      return { contents: JSON.stringify(jobs), loader: 'json' };
    });
  },
};

const banner =
  "import{createRequire as forgeRequire}from'node:module';const require=forgeRequire(import.meta.url);";

/** Where the server's bundle lies; the faults read it from the environment. */
const SERVER = inProject('dist', 'faults', `server-${process.pid}.mjs`);

async function bundleServer() {
  const target = bundleTargets().find(({ name }) => name === 'server');
  await build({
    ...target.options,
    entryPoints: [inProject(target.entry)],
    outfile: SERVER,
    banner: { js: banner },
    metafile: false,
    write: true,
    plugins: [frequentCheckpoints],
  });
}

/** @returns path of the bundle that exports `main` */
export async function bundleFaults(entry = 'scripts/faults/main.ts') {
  const outfile = inProject('dist', 'faults', `main-${process.pid}.cjs`);
  const faults = build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
    // Native code stays in packages.
    external: ['libsql', '@libsql/*', 'ws'],
    define: { 'process.env.FORGE_FAULTS_SERVER': JSON.stringify(SERVER) },
  });
  await Promise.all([faults, bundleServer()]);
  return outfile;
}
