/** Bundles a bench with the sources as they are; what a bench replaces is listed here and nowhere else. */
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { inProject, ROOT } from '../project.mjs';

/** Every phase available with one stage that reads what is there; rules, promises and gates stay as published. */
function benchCatalogue() {
  const catalogue = JSON.parse(readFileSync(inProject('contracts', 'phases.json'), 'utf8'));
  const phases = catalogue.phases.map((phase) => ({
    ...phase,
    available: true,
    stages: [{ name: 'only', kind: 'single', size: 1, reads: ['corpus', 'models'] }],
  }));
  return JSON.stringify({ ...catalogue, phases });
}

/** Eight phases, jobs that end at once, and a database that counts its commits. */
const noOpPhases = {
  name: 'no-op-phases',
  setup(builder) {
    builder.onLoad({ filter: /contracts[\\/]phases\.json$/ }, () => ({
      contents: benchCatalogue(),
      loader: 'json',
    }));
    builder.onResolve({ filter: /jobs\/fork-launcher\.ts$/ }, () => ({
      path: inProject('scripts', 'bench', 'no-op-launcher.ts'),
    }));
    builder.onResolve({ filter: /^libsql$/ }, ({ importer }) =>
      /counted-database\.ts$/.test(importer)
        ? { path: 'libsql', external: true }
        : { path: inProject('scripts', 'bench', 'counted-database.ts') },
    );
  },
};

/**
 * @param entry file below the repository
 * @param noOp whether phases are replaced by ones that do nothing
 * @returns path of the bundle
 */
export async function bundleBench(name, entry, { noOp }) {
  const outfile = inProject('dist', 'bench', `${name}.cjs`);
  await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
    loader: { '.sql': 'text', '.yaml': 'text' },
    // libsql brings a native binary, esbuild a program, and ws asks for native ones: they stay packages.
    external: ['libsql', '@libsql/*', 'esbuild', 'ws'],
    plugins: noOp ? [noOpPhases] : [],
  });
  return outfile;
}
