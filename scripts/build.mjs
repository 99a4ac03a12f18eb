#!/usr/bin/env node
/**
 * Bundles the functions, the command line, the local server and the dashboard into dist/.
 *
 *   npm run build                 builds and prints every bundle's size against its goal
 *   npm run build -- --measure    also measures what importing each costs over a bare Node
 *
 * A bundle may miss its goal; beyond its limit the build fails.
 */
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { buildDashboard, hasDashboard } from './build-dashboard.mjs';
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

/** What of the two bounds is passed, in words. */
function passed({ gzipBytes, importMs }, { gzipKb, importMs: ms }) {
  const over = [];
  if (gzipBytes > gzipKb * 1024) over.push(`${gzipKb} KB`);
  if (importMs > ms) over.push(`${ms} ms`);
  return over;
}

/** @returns what makes the build fail, one sentence per bundle */
function failures(rows) {
  return rows.flatMap((row) => {
    if (row.importMs === 'fails') return [`${row.name} cannot be imported.`];
    const over = row.budget ? passed(row, row.budget.most) : [];
    return over.length ? [`${row.name} is over its limit of ${over.join(' and ')}.`] : [];
  });
}

function verdict(row) {
  const { budget, importMs } = row;
  if (!budget) return '';
  if (importMs === 'fails') return 'cannot be imported';
  const { gzipKb, importMs: ms, most } = budget;
  const beyond = passed(row, most);
  if (beyond.length) return `OVER THE LIMIT of ${beyond.join(', ')}`;
  const over = passed(row, budget);
  if (over.length) return `over ${over.join(', ')}; the limit is ${most.gzipKb} KB`;
  return `within ${gzipKb} KB${importMs === undefined ? '' : `, ${ms} ms`}`;
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
  const built = await build();
  const rows = [...(args.includes('--measure') ? measured(built) : built)];
  if (hasDashboard()) rows.push(...(await buildDashboard()));
  console.log(sizeTable(rows));
  const failed = failures(rows);
  for (const sentence of failed) console.error(sentence);
  return failed.length ? 1 : 0;
});
