#!/usr/bin/env node
/**
 * Bundles the functions, the command line and the local server into dist/.
 *
 *   npm run build                 builds and prints every bundle's size against its goal
 *   npm run build -- --measure    also measures what importing each costs over a bare Node
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { bundleTargets } from './bundle-targets.mjs';
import { inProject, ROOT, SetupError } from './project.mjs';
import { isProgram, runMain, setUp } from './setup.mjs';

const REQUIRE =
  "import{createRequire as forgeRequire}from'node:module';const require=forgeRequire(import.meta.url);\n";
const IMPORTS_MEASURED = 7;

/** zod carries its messages in some fifty languages and none can be shaken out: the English ones are enough. */
const withoutZodLocales = {
  name: 'without-zod-locales',
  setup(build) {
    build.onResolve({ filter: /locales\/index\.(js|cjs|mjs)$/ }, ({ importer }) =>
      /node_modules[\\/]zod[\\/]/.test(importer) ? { path: 'zod-locales', namespace: 'empty' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export {};', loader: 'js' }));
  },
};

/** CommonJS parts call require(), which an ES module has to be given. */
function withRequire(text) {
  if (!text.includes('Dynamic require of')) return text;
  const line = text.startsWith('#!') ? text.indexOf('\n') + 1 : 0;
  return text.slice(0, line) + REQUIRE + text.slice(line);
}

/** Whole or not at all: a server that is just starting never reads half a bundle. */
function writeWhole(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

/** Pieces of earlier builds that no bundle asks for any more. */
function removeLeftParts(outdir, written) {
  const parts = inProject(outdir, 'parts');
  for (const name of readdirSync(parts, { withFileTypes: true }).map((entry) => entry.name)) {
    if (!written.includes(join(parts, name))) rmSync(join(parts, name), { force: true });
  }
}

async function bundle(esbuild, { name, kind, entry, budget, options }) {
  const result = await esbuild
    .build({ ...options, absWorkingDir: ROOT, entryPoints: [entry], plugins: [withoutZodLocales] })
    .catch((error) => {
      const messages = esbuild.formatMessagesSync(error.errors ?? [{ text: error.message }], {
        kind: 'error',
      });
      throw new SetupError(
        `Bundling ${entry} failed:\n${messages.join('')}`,
        'Mend the source and build again.',
        1,
      );
    });
  const written = result.outputFiles.map((file) => ({ path: file.path, text: withRequire(file.text) }));
  const isEntry = ({ path }) => result.metafile.outputs[relative(ROOT, path)]?.entryPoint === entry;
  const path = written.find(isEntry).path;
  // Parts first: the entry must not name a part that is not there yet.
  for (const file of written.filter((each) => !isEntry(each))) writeWhole(file.path, file.text);
  for (const file of written.filter(isEntry)) writeWhole(file.path, file.text);
  if (options.splitting && written.length > 1)
    removeLeftParts(
      options.outdir,
      written.map((file) => file.path),
    );
  if (name === 'cli') chmodSync(path, 0o755);
  const rawBytes = written.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  const gzipBytes = written.reduce((sum, { text }) => sum + gzipSync(text, { level: 9 }).length, 0);
  return { name, kind, budget, path: relative(ROOT, path), rawBytes, gzipBytes };
}

/**
 * Builds everything.
 * @returns one row per bundle: name, path, raw and compressed bytes, budget
 */
export async function build() {
  const esbuild = await import('esbuild');
  const rows = [];
  for (const target of bundleTargets()) rows.push(await bundle(esbuild, target));
  return rows;
}

/** CPU milliseconds of one Node process that runs the expression and ends, or undefined where it failed. */
function cpuMs(expression) {
  const report =
    'const c=process.cpuUsage();process.stdout.write("\\n"+(c.user+c.system)/1000);process.exit(0)';
  const program = `${expression};${report}`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  const value = Number(child.stdout.trim().split('\n').at(-1));
  return child.status === 0 && Number.isFinite(value) ? value : undefined;
}

function bestImportMs(path) {
  const expression = path ? `await import(${JSON.stringify(pathToFileURL(inProject(path)).href)})` : '';
  const times = Array.from({ length: IMPORTS_MEASURED }, () => cpuMs(expression));
  return times.includes(undefined) ? undefined : Math.min(...times);
}

/** Adds importMs over a bare Node to each function's row; alternating would change little at the minimum of seven. */
function measured(rows) {
  const bare = bestImportMs('');
  return rows.map((row) => {
    if (row.kind !== 'function') return row;
    const own = bestImportMs(row.path);
    return { ...row, importMs: own === undefined ? 'fails' : Math.max(0, own - bare) };
  });
}

const kb = (bytes) => (bytes / 1024).toFixed(1);

function verdict({ budget, gzipBytes, importMs }) {
  if (!budget) return '';
  const over = [];
  if (gzipBytes > budget.gzipKb * 1024) over.push(`over ${budget.gzipKb} KB`);
  if (importMs === 'fails') over.push('cannot be imported');
  if (importMs > budget.importMs) over.push(`over ${budget.importMs} ms`);
  return over.length
    ? over.join(', ')
    : `within ${budget.gzipKb} KB${importMs === undefined ? '' : `, ${budget.importMs} ms`}`;
}

/** The table of sizes as text. */
export function sizeTable(rows) {
  const cells = rows.map((row) => [
    row.name,
    kb(row.rawBytes),
    kb(row.gzipBytes),
    row.importMs === undefined
      ? '–'
      : typeof row.importMs === 'number'
        ? row.importMs.toFixed(0)
        : row.importMs,
    verdict(row),
  ]);
  const table = [['bundle', 'raw KB', 'gz KB', 'import CPU ms', 'goal'], ...cells];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  const pad = (cell, column) =>
    column === 0 || column === 4 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
  return table.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

if (isProgram(import.meta.url)) {
  await runMain(async (args) => {
    await setUp({ bundles: false });
    const rows = await build();
    console.log(sizeTable(args.includes('--measure') ? measured(rows) : rows));
    return 0;
  });
}
