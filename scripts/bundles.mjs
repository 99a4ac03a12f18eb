import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundleTargets } from './bundle-targets.mjs';
import { inProject, ROOT, SetupError } from './project.mjs';

const REQUIRE =
  "import{createRequire as forgeRequire}from'node:module';const require=forgeRequire(import.meta.url);\n";

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
    .build({
      ...options,
      absWorkingDir: ROOT,
      entryPoints: [entry],
      plugins: [withoutZodLocales, ...(options.plugins ?? [])],
    })
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
