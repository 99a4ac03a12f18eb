import { existsSync, readFileSync } from 'node:fs';
import { FUNCTION_DIET, INNER_DIET } from './bundle-diet.mjs';
import { inProject, SetupError } from './project.mjs';

/** Goals for a function's bundle, compressed and CPU to import it over a bare Node; with more than `most` a build fails. */
const BUDGETS = { api: { gzipKb: 200, importMs: 170, most: { gzipKb: 240, importMs: 200 } } };
const OTHER_FUNCTIONS = { gzipKb: 120, importMs: 115, most: { gzipKb: 130, importMs: 130 } };

const common = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'silent',
  metafile: true,
  write: false,
  loader: { '.sql': 'text', '.yaml': 'text' },
};

function functionTargets() {
  const { functions } = JSON.parse(readFileSync(inProject('contracts', 'functions.json'), 'utf8'));
  return Object.entries(functions).map(([name, { entry }]) => ({
    name,
    kind: 'function',
    entry,
    budget: BUDGETS[name] ?? OTHER_FUNCTIONS,
    options: {
      ...common,
      minify: true,
      // The ES modules of the SDK, of which what is not used can be left out.
      mainFields: ['module', 'main'],
      outfile: `dist/fn/${name}/index.mjs`,
      // The API shows its own document, which is made of schemas.
      plugins: name === 'api' ? FUNCTION_DIET : [...FUNCTION_DIET, ...INNER_DIET],
    },
  }));
}

/** For a runtime without Node: nothing of it may be in there, and its name would not resolve. */
const edgeTarget = () => ({
  name: 'edge-reads',
  kind: 'edge',
  entry: 'functions/edge-reads/handler.ts',
  options: {
    ...common,
    platform: 'browser',
    conditions: ['worker', 'browser'],
    target: 'es2022',
    minify: true,
    outfile: 'dist/edge/edge-reads.mjs',
  },
});

/** Readable, because their stack traces are read; the command line in pieces, because a verb needs only its own. */
const programTargets = () => [
  {
    name: 'cli',
    kind: 'program',
    entry: 'cli/forge.ts',
    options: {
      ...common,
      splitting: true,
      outdir: 'dist/cli',
      outExtension: { '.js': '.mjs' },
      chunkNames: 'parts/[name]-[hash]',
      external: ['libsql'],
    },
  },
  {
    name: 'server',
    kind: 'program',
    entry: 'local/main.ts',
    // libsql brings a native binary, and ws asks for optional ones: they stay packages.
    options: { ...common, outfile: 'dist/local/server.mjs', external: ['libsql', '@libsql/*', 'ws'] },
  },
];

/** Started by `forge models serve`; the runtime of graphs is found in the packages when it is asked for one. */
const inferenceTarget = () => ({
  name: 'inference',
  kind: 'program',
  entry: 'local/inference/main.ts',
  options: { ...common, outfile: 'dist/local/inference.mjs' },
});

/**
 * Everything that is bundled: the functions of contracts/functions.json, the reads at the edge, the command line and the local server.
 * @throws SetupError where an entry file does not exist
 */
export function bundleTargets() {
  const targets = [...functionTargets(), edgeTarget(), ...programTargets(), inferenceTarget()];
  const missing = targets.filter(({ entry }) => !existsSync(inProject(entry)));
  if (missing.length === 0) return targets;
  throw new SetupError(
    `Entry files do not exist: ${missing.map(({ entry }) => entry).join(', ')}.`,
    'Restore them, or correct "entry" in contracts/functions.json.',
    2,
  );
}
