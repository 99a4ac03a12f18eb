import { spawnSync } from 'node:child_process';
import { SetupError } from './project.mjs';

const MINIMUM = [3, 11];
const NAMES = ['python3.13', 'python3.12', 'python3.11', 'python3', 'python'];
const PROBE = `
import sys, json
try:
    import venv, ensurepip
    has_venv = True
except ImportError:
    has_venv = False
print(json.dumps({"path": sys.executable, "version": list(sys.version_info[:3]), "hasVenv": has_venv}))
`;

/** Asks an interpreter who it is: the answer's path is the real one, not the shim of a version manager. */
function probe(command) {
  const child = spawnSync(command, ['-c', PROBE], { encoding: 'utf8', timeout: 20_000 });
  if (child.status !== 0 || !child.stdout) return undefined;
  try {
    return JSON.parse(child.stdout.trim().split('\n').at(-1) ?? '');
  } catch {
    return undefined;
  }
}

const isNewEnough = ([major, minor]) => major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);
const text = (version) => version.join('.');

function checked(command, found) {
  if (!found) {
    throw new SetupError(
      `FORGE_PYTHON is ${command}, which did not answer as a Python interpreter.`,
      'Set FORGE_PYTHON to the absolute path of a Python 3.11 or newer, or unset it.',
      2,
    );
  }
  if (!isNewEnough(found.version)) {
    throw new SetupError(
      `FORGE_PYTHON is ${command}, Python ${text(found.version)}; expected ${text(MINIMUM)} or newer.`,
      'Set FORGE_PYTHON to a newer interpreter, or unset it.',
      2,
    );
  }
  return found;
}

/**
 * The Python to build the virtual environment with: FORGE_PYTHON if set, else the newest that answers.
 * @returns {{path: string, version: number[], hasVenv: boolean}}
 * @throws SetupError when there is none that is new enough
 */
export function findPython(env = process.env) {
  if (env.FORGE_PYTHON) return checked(env.FORGE_PYTHON, probe(env.FORGE_PYTHON));
  const seen = [];
  for (const name of NAMES) {
    const found = probe(name);
    if (!found) continue;
    if (isNewEnough(found.version)) return found;
    seen.push(`${name} is ${text(found.version)}`);
  }
  throw new SetupError(
    `No Python ${text(MINIMUM)} or newer on the PATH (tried ${NAMES.join(', ')}${seen.length ? `; ${seen.join(', ')}` : ''}).`,
    'Install Python 3.11 to 3.13 (for example: apt install python3 python3-venv; brew install python@3.12), ' +
      'or set FORGE_PYTHON to its absolute path.',
  );
}
