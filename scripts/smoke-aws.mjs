#!/usr/bin/env node
/**
 * npm run smoke:aws [-- --dry-run] [-- --yes] [-- --keep] [-- --config FILE] [-- --email ADDRESS]
 *
 * Deploys a stage of its own into the account of the credentials, makes a tiny run there, stops a Spot machine under another
 * one, starts a third by an upload, and destroys the stage. It costs money and asks first. What it found is written to
 * evidence/aws-smoke/record.json. Called again after a failure with --keep, it goes on where it was.
 */
import { spawn } from 'node:child_process';
import { inProject, ROOT } from './project.mjs';
import { exitCodeOf } from './run-command.mjs';
import { runMain, setUp } from './setup.mjs';

await runMain(async (words) => {
  await setUp();
  const program = ['--import', 'tsx', inProject('scripts', 'smoke', 'main.ts'), ...words];
  const child = spawn(process.execPath, program, { cwd: ROOT, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(exitCodeOf(code, signal)));
  });
});
