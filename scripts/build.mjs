#!/usr/bin/env node
/**
 * Bundles the functions, the command line and the local server into dist/.
 *
 *   npm run build                 builds and prints every bundle's size against its goal
 *   npm run build -- --measure    also measures what importing each costs over a bare Node
 */
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { build } from './bundles.mjs';
import { inProject } from './project.mjs';
import { runMain, setUp } from './setup.mjs';

const IMPORTS_MEASURED = 7;

/** A function looks for its resources when it is loaded; it meets none of them here. */
const ENVIRONMENT = {
  ...process.env,
  AWS_REGION: 'us-east-1',
  ...Object.fromEntries(
    [
      'TABLE',
      'BUCKET',
      'PIPELINE_ARN',
      'JOB_QUEUE',
      'JOB_LOG_GROUP',
      'EVENT_BUS',
      'TOPIC_ARN',
      'SECRET_PREFIX',
    ].map((name) => [`FORGE_${name}`, 'none']),
  ),
};

/** CPU milliseconds of one Node process that runs the expression and ends, or undefined where it failed. */
function cpuMs(expression) {
  const report =
    'const c=process.cpuUsage();process.stdout.write("\\n"+(c.user+c.system)/1000);process.exit(0)';
  const program = `${expression};${report}`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    env: ENVIRONMENT,
  });
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
function sizeTable(rows) {
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

await runMain(async (args) => {
  await setUp({ bundles: false });
  const rows = await build();
  console.log(sizeTable(args.includes('--measure') ? measured(rows) : rows));
  return 0;
});
