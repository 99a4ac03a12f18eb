/** What each function weighs and what it costs to load it, beside a Node that loads nothing. */
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { build } from '../bundles.mjs';
import { inProject } from '../project.mjs';

/** CPU milliseconds of a process that evaluates the expression and ends. */
function cpuMs(expression) {
  const report =
    'const c=process.cpuUsage();process.stdout.write(String((c.user+c.system)/1000));process.exit(0)';
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', `${expression};${report}`], {
    encoding: 'utf8',
  });
  const value = Number(child.stdout.trim().split('\n').at(-1));
  if (child.status === 0 && value > 0) return value;
  throw new Error(`"${expression}" ended with ${child.status}: ${child.stderr}`);
}

function figuresOf({ name, path, gzipBytes, budget }, rounds) {
  const target = (bound) => ({ of: 'value', op: '<=', bound });
  const values = [];
  const bare = [];
  for (let round = 0; round < rounds; round += 1) {
    const nothing = cpuMs('');
    values.push(cpuMs(`await import(${JSON.stringify(pathToFileURL(inProject(path)).href)})`) - nothing);
    bare.push(nothing);
  }
  const size = {
    name: `${name}, compressed`,
    unit: 'KB',
    values: [gzipBytes / 1024],
    aim: target(budget.gzipKb),
  };
  const limit = { what: 'all of a bare Node', values: bare };
  const load = { name: `${name}, import CPU over a bare Node`, unit: 'ms', values, limit };
  return [size, { ...load, aim: target(budget.importMs) }];
}

/** @returns the figures, see record.ts */
export async function run({ tiny }) {
  const functions = (await build()).filter(({ kind }) => kind === 'function');
  return (tiny ? functions.slice(0, 1) : functions).flatMap((row) => figuresOf(row, tiny ? 1 : 7));
}
