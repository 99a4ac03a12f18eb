#!/usr/bin/env node
/**
 * Sets up what is missing: npm packages, the Python environment, the C kernels, the built bundles and pages, the git hook.
 * Needs nothing but Node; a second call finds everything in place and costs milliseconds.
 *
 *   npm run setup
 */
import { realpathSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inProject, SetupError } from './project.mjs';
import { runCommand } from './run-command.mjs';
import { explainFailure } from './setup-faults.mjs';
import { withLock } from './setup-lock.mjs';
import { setupSteps } from './setup-steps.mjs';
import { writeStamp } from './stamps.mjs';

const MINIMUM_NODE = [20, 19];
const STILL_WORKING_MS = 10_000;

const say = (line) => process.stderr.write(`${line}\n`);

/** @throws SetupError where the running Node is too old for the product */
export function requireNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1])) return;
  throw new SetupError(
    `This is Node ${version}; Agent Forge needs ${MINIMUM_NODE.join('.')} or newer.`,
    'Install Node 22 (https://nodejs.org, or: nvm install), then run the same command again.',
  );
}

/** What a step may use: commands whose failure is explained, and lines for the reader. */
const toolsOf = (step) => ({
  say: (line) => say(`set-up: ${step.title}: ${line}`),
  async run(command, options = {}) {
    const log = inProject('dist', 'logs', `setup-${step.name}.log`);
    const result = await runCommand(command, { ...options, log });
    if (result.exitCode !== 0) throw explainFailure(`Set-up step "${step.title}"`, result.output, log);
    return result.output;
  },
});

async function runStep(step) {
  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toFixed(1);
  const pulse = setInterval(() => say(`set-up: ${step.title} … ${seconds()} s so far`), STILL_WORKING_MS);
  try {
    // Taken first: a file that changes while the step works makes the next set-up do it again.
    const stamp = step.stamp();
    // No stamp while it works: a killed step is done again, even if its inputs are put back meanwhile.
    if (step.stampFile) rmSync(step.stampFile, { force: true });
    const done = await step.run(toolsOf(step));
    if (step.stampFile) writeStamp(step.stampFile, stamp);
    say(`set-up: ${step.title}: ${done}, ${seconds()} s`);
  } finally {
    clearInterval(pulse);
  }
}

/**
 * Brings the checkout to where everything can run; does nothing where nothing is missing.
 * @param options.bundles false where the caller needs no built code
 * @returns names of the steps that had something to do
 * @throws SetupError with what was found and what to do
 */
export async function setUp({ bundles = true } = {}) {
  requireNode();
  const steps = setupSteps().filter((step) => bundles || !['bundles', 'dashboard'].includes(step.name));
  if (steps.every((step) => step.isDone())) return [];
  const waiting = (pid) =>
    say(`set-up: another set-up of this checkout is at work (process ${pid}); waiting for it.`);
  return withLock(inProject('dist', 'setup.lock'), waiting, async () => {
    const ran = [];
    for (const step of steps) {
      if (step.isDone()) continue;
      await runStep(step);
      ran.push(step.name);
    }
    return ran;
  });
}

/**
 * Runs a script's main function; faults of the machine become a message and an exit code.
 * @param main returns the exit code
 */
export async function runMain(main) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`error: ${error.message}\n  fix: ${error.fix}`);
    process.exitCode = error.exitCode;
  }
}

/** Whether the module is the program that was started, not a part of another one. */
const isProgram = (moduleUrl) =>
  process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(moduleUrl);

if (isProgram(import.meta.url)) {
  await runMain(async (args) => {
    const ran = await setUp({ bundles: !args.includes('--without-bundles') });
    say(ran.length ? 'set-up: everything is in place' : 'set-up: everything was in place already');
    return 0;
  });
}
