/** Builds the dashboard into dist/dashboard, whole or not at all, and weighs what its first page loads. */
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { inProject, SetupError } from './project.mjs';

const SOURCE = 'dashboard';
const BUILT = inProject('dist', 'dashboard');
const MANIFEST = '.vite/manifest.json';

/** Scripts that a browser has to have before it shows anything, compressed. */
const FIRST_LOAD = { gzipKb: 150, most: { gzipKb: 150 } };

export const hasDashboard = () => existsSync(inProject(SOURCE, 'index.html'));

/** Names of the scripts that an entry pulls in at once, its own first. */
function firstScripts(manifest, name, seen = new Set()) {
  if (seen.has(name)) return [];
  seen.add(name);
  const { file, imports = [] } = manifest[name];
  return [file, ...imports.flatMap((each) => firstScripts(manifest, each, seen))];
}

/** Bytes of scripts, raw and compressed. */
function weigh(folder, scripts) {
  const texts = scripts.map((name) => readFileSync(join(folder, name)));
  return {
    rawBytes: texts.reduce((sum, text) => sum + text.length, 0),
    gzipBytes: texts.reduce((sum, text) => sum + gzipSync(text, { level: 9 }).length, 0),
  };
}

function rowsOf(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8'));
  const first = firstScripts(manifest, 'index.html');
  // theme.js is loaded by index.html itself.
  const all = [...new Set(Object.values(manifest).map(({ file }) => file))].filter((file) =>
    file.endsWith('.js'),
  );
  const row = (name, scripts, budget) => ({
    name,
    kind: 'dashboard',
    path: 'dist/dashboard/index.html',
    budget,
    ...weigh(folder, scripts),
  });
  return [
    row('dashboard, first load', [...first, 'theme.js'], FIRST_LOAD),
    row('dashboard, whole', [...all, 'theme.js']),
  ];
}

/**
 * @returns two rows as of any other bundle: the first load and the whole
 * @throws SetupError with the bundler's message
 */
export async function buildDashboard() {
  const { build } = await import('vite');
  const fresh = `${BUILT}.new`;
  await build({
    root: inProject(SOURCE),
    configFile: inProject(SOURCE, 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir: fresh },
  }).catch((error) => {
    rmSync(fresh, { recursive: true, force: true });
    throw new SetupError(
      `Building the dashboard failed:\n${error.message}`,
      'Mend the source and build again.',
      1,
    );
  });
  const rows = rowsOf(fresh);
  rmSync(join(fresh, '.vite'), { recursive: true });
  const last = `${BUILT}.last`;
  rmSync(last, { recursive: true, force: true });
  if (existsSync(BUILT)) renameSync(BUILT, last);
  renameSync(fresh, BUILT);
  rmSync(last, { recursive: true, force: true });
  return rows;
}
