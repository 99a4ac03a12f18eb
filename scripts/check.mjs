#!/usr/bin/env node
/**
 * npm run check: style, types, import directions, repository rules; TypeScript and Python. Runs everything before it
 * says what is wrong, so that one call shows all there is to mend.
 */
import { availableParallelism } from 'node:os';
import { inProject, venvPython } from './project.mjs';
import { runCommand } from './run-command.mjs';
import { runMain, setUp } from './setup.mjs';

const LIMIT_SECONDS = 300;
const IMPORTING = [
  'contracts',
  'core',
  'adapters',
  'functions',
  'local',
  'cli',
  'dashboard/src',
  'infra',
  'test',
];

const node = (script, ...args) => [process.execPath, inProject('node_modules', script), ...args];

function checks() {
  // From the package's folder: elsewhere ruff takes its modules for foreign ones and sorts imports otherwise.
  const containers = inProject('containers');
  const ruffScope = ['--config', 'pyproject.toml', '.', '../scripts'];
  const python = (module, ...args) => [venvPython(), '-m', module, ...args];
  return [
    ['types (tsc)', node('typescript/bin/tsc', '--noEmit', '-p', '.')],
    ['types (tsc, dashboard)', node('typescript/bin/tsc', '--noEmit', '-p', 'dashboard')],
    ['types (mypy)', python('mypy', '--config-file', 'pyproject.toml'), containers],
    ['imports (dependency-cruiser)', node('dependency-cruiser/bin/dependency-cruise.mjs', ...IMPORTING)],
    ['repository rules', [process.execPath, inProject('scripts', 'repository-rules.mjs')]],
    ['style (biome)', node('@biomejs/biome/bin/biome', 'check', '.')],
    ['style (ruff)', python('ruff', 'check', ...ruffScope), containers],
    ['format (ruff)', python('ruff', 'format', '--check', ...ruffScope), containers],
  ].map(([title, command, cwd]) => ({ title, command, cwd }));
}

async function runCheck({ title, command, cwd }) {
  const result = await runCommand(command, { cwd, limitSeconds: LIMIT_SECONDS, env: { NO_COLOR: '1' } });
  const ok = result.exitCode === 0;
  const verdict = ok ? 'ok    ' : result.timedOut ? `no end in ${LIMIT_SECONDS} s` : 'FAILED';
  console.log(`${verdict} ${title}, ${result.seconds.toFixed(1)} s`);
  return { title, ok, output: result.output };
}

/** Runs all, at most `width` at a time, and gives the results in the order of the list. */
async function runAll(list, width) {
  const results = new Array(list.length);
  let next = 0;
  const worker = async () => {
    while (next < list.length) {
      const index = next;
      next += 1;
      results[index] = await runCheck(list[index]);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}

await runMain(async () => {
  await setUp({ bundles: false });
  const results = await runAll(checks(), Math.min(2, availableParallelism()));
  const failed = results.filter(({ ok }) => !ok);
  for (const { title, output } of failed) console.log(`\n── ${title} ──\n${output.trimEnd()}`);
  console.log(`\n${results.length - failed.length} passed, ${failed.length} failed`);
  return failed.length === 0 ? 0 : 1;
});
