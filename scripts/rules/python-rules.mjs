import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { venvPython } from '../project.mjs';
import { findPython } from '../python.mjs';
import { MAX_FUNCTION_LINES } from './typescript-rules.mjs';

const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), 'python_rules.py');

/** Long functions, switched-off tests and unsafe formats, read from Python's own syntax tree in one child process. */
export function pythonFindings(root, paths) {
  const files = paths.filter((path) => path.endsWith('.py'));
  if (files.length === 0) return [];
  const python = venvPython() ?? findPython().path;
  const child = spawnSync(python, [PROGRAM, root, String(MAX_FUNCTION_LINES)], {
    input: files.join('\n'),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (child.status !== 0) throw new Error(`${python} could not judge the Python files:\n${child.stderr}`);
  return JSON.parse(child.stdout);
}
