#!/usr/bin/env node
/**
 * Writes contracts/openapi.json from the API's code, and the command line's types of every operation from that.
 * A test fails when one of the two is stale: run this after changing a route or a schema.
 *
 *   node scripts/generate-client.mjs            writes both files
 *   node scripts/generate-client.mjs --check    writes nothing; exit code 1 names what is stale
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import openapiTS, { astToString } from 'openapi-typescript';
import { inProject, ROOT } from './project.mjs';

const DOCUMENT = 'contracts/openapi.json';
const TYPES = 'cli/client/generated/api-types.ts';

/** The routes are declared before anything is asked of a port: a clock is all that declaring them needs. */
const PROGRAM = `
import { createApi } from './functions/api/api.ts';

export async function readDocument() {
  const ports = { clock: { now: () => new Date(0) } };
  // The release's number would make every release change the contract.
  const app = createApi(ports, { version: 'v1', cursorSecret: 'none' });
  return (await app.request('/v1/openapi.json')).json();
}
`;

async function documentFromCode() {
  const folder = mkdtempSync(join(inProject('dist'), 'openapi-'));
  try {
    const outfile = join(folder, 'openapi.mjs');
    await build({
      stdin: { contents: PROGRAM, resolveDir: ROOT, loader: 'ts' },
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'error',
      banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    });
    const { readDocument } = await import(pathToFileURL(outfile).href);
    return await readDocument();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const sorted = (record) =>
  Object.fromEntries(Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)));

/** Paths and schemas by name, so that moving a declaration changes nothing; fields keep the order they were written in. */
function inOrder(document) {
  const components = Object.entries(document.components ?? {}).map(([kind, named]) => [kind, sorted(named)]);
  return { ...document, components: sorted(Object.fromEntries(components)), paths: sorted(document.paths) };
}

async function typesOf(document) {
  // A field with a default may be left out of what is sent.
  const declarations = await openapiTS(document, { immutable: true, defaultNonNullable: false });
  const head = [
    '/**',
    ` * What the API takes and answers. Made from ${DOCUMENT} by scripts/generate-client.mjs: change the routes in`,
    ' * functions/api and run that script.',
    ' */',
  ];
  return `${head.join('\n')}\n${astToString(declarations)}`;
}

/** Path below the project → text. */
async function generate() {
  const document = inOrder(await documentFromCode());
  return { [DOCUMENT]: `${JSON.stringify(document, null, 2)}\n`, [TYPES]: await typesOf(document) };
}

function present(path) {
  try {
    return readFileSync(inProject(path), 'utf8');
  } catch {
    return null;
  }
}

mkdirSync(inProject('dist'), { recursive: true });
const files = Object.entries(await generate());
const stale = files.filter(([path, text]) => present(path) !== text);
if (process.argv.includes('--check')) {
  for (const [path] of stale) console.error(`${path} is stale; run: node scripts/generate-client.mjs`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of stale) {
    mkdirSync(dirname(inProject(path)), { recursive: true });
    writeFileSync(inProject(path), text);
  }
  console.log(stale.length > 0 ? `wrote ${stale.map(([path]) => path).join(', ')}` : 'nothing has changed');
}
