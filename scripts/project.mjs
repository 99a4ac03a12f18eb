import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder: every script works from here, wherever it was called. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

export const inProject = (...parts) => join(ROOT, ...parts);

/** The interpreter of the project's virtual environment by path, or undefined before the set-up. */
export function venvPython() {
  const path = inProject('.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  return existsSync(path) ? path : undefined;
}

/** A fault of the machine or of the request: shown as a message with what to do, never as a stack trace. */
export class SetupError extends Error {
  /**
   * @param message what was found and what was expected
   * @param fix the next thing to do
   * @param exitCode 7 = something needed is not there, 2 = a given value is wrong
   */
  constructor(message, fix, exitCode = 7) {
    super(message);
    this.name = 'SetupError';
    this.fix = fix;
    this.exitCode = exitCode;
  }
}
