/** What each function weighs and what it costs to load it, beside a Node that loads nothing. */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { build } from '../bundles.mjs';
import { inProject } from '../project.mjs';
import { bundleBench } from './bundle-bench.mjs';

/** A function refuses to load without the variables that deployment sets; none of them is used before it is called. */
async function deployedEnvironment() {
  const module = await bundleBench('functions', 'contracts/source/functions.ts', { noOp: false });
  const { RESOURCE_VARIABLES } = createRequire(import.meta.url)(module);
  const names = Object.values(RESOURCE_VARIABLES).flat();
  return {
    ...process.env,
    AWS_REGION: 'us-east-1',
    ...Object.fromEntries(names.map((name) => [name, 'bench'])),
  };
}

/** CPU milliseconds of a fresh Node up to its first line, and of importing the bundle from there on. */
function importCost(path, env) {
  const url = JSON.stringify(pathToFileURL(inProject(path)).href);
  const program = `const before=process.cpuUsage();await import(${url});const after=process.cpuUsage(before);
    const ms=({user,system})=>(user+system)/1000;
    process.stdout.write("\\n"+JSON.stringify({bare:ms(before),own:ms(after)}));process.exit(0)`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    env,
  });
  if (child.status === 0) return JSON.parse(child.stdout.trim().split('\n').at(-1));
  throw new Error(`Importing ${path} ended with ${child.status}: ${child.stderr}`);
}

function figuresOf({ name, path, gzipBytes, budget }, { rounds, env }) {
  const target = (bound) => ({ of: 'value', op: '<=', bound });
  const costs = Array.from({ length: rounds }, () => importCost(path, env));
  const size = { name: `${name}, compressed`, unit: 'KB', values: [gzipBytes / 1024] };
  const limit = { what: 'the start of the same Node', values: costs.map(({ bare }) => bare) };
  const load = { name: `${name}, import CPU`, unit: 'ms', values: costs.map(({ own }) => own), limit };
  return [
    { ...size, aim: target(budget.gzipKb) },
    { ...load, aim: target(budget.importMs) },
  ];
}

/** @returns the figures, see record.ts */
export async function run({ tiny }) {
  const functions = (await build()).filter(({ kind }) => kind === 'function');
  const how = { rounds: tiny ? 1 : 7, env: await deployedEnvironment() };
  return (tiny ? functions.slice(0, 1) : functions).flatMap((row) => figuresOf(row, how));
}
