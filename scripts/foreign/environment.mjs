/** The environment of foreign programs: a Python one on top of the project's, and llama.cpp for Node in a folder of its own. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { pipOptions } from '../pip-options.mjs';
import { inProject, ROOT, venvPython } from '../project.mjs';
import { runCommand } from '../run-command.mjs';
import { explainFailure } from '../setup-faults.mjs';
import { withLock } from '../setup-lock.mjs';
import { contentStamp, readStamp, writeStamp } from '../stamps.mjs';

const HOME = inProject('.venv-foreign');
const STAMP = inProject('.venv-foreign', '.agent-forge.stamp');
const INPUTS = ['containers/requirements-foreign.txt', 'containers/requirements.txt'];
const LLAMA_VERSION = '3.22.1';
/** Package with the prebuilt llama.cpp of each platform; the one with CUDA is 500 MB and left out. */
const PREBUILT = {
  'linux x64': 'linux-x64',
  'linux arm64': 'linux-arm64',
  'darwin arm64': 'mac-arm64-metal',
  'darwin x64': 'mac-x64',
  'win32 x64': 'win-x64',
};

/** Folder whose node_modules holds node-llama-cpp. */
export const LLAMA_PACKAGES = inProject('.venv-foreign', 'llama');

export const foreignPython = () =>
  inProject('.venv-foreign', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');

const stamp = () =>
  contentStamp(ROOT, INPUTS, [process.platform, process.arch, LLAMA_VERSION, String(venvPython())]);

async function run(what, command, options = {}) {
  const log = inProject('dist', 'logs', 'setup-foreign.log');
  const result = await runCommand(command, { ...options, log });
  if (result.exitCode !== 0) throw explainFailure(what, result.output, log);
  return result.output.trim();
}

/** torch is 700 MB and installed already: the project's packages are on the new environment's path. */
async function installPython() {
  const asked = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  const base = venvPython();
  await run('Making .venv-foreign', [base, '-m', 'venv', HOME]);
  const project = await run('Asking for the project’s packages', [base, '-c', asked]);
  const own = await run('Asking for the new environment’s packages', [foreignPython(), '-c', asked]);
  writeFileSync(`${own}/agent-forge.pth`, `${project}\n`);
  const pip = [
    foreignPython(),
    '-m',
    'pip',
    'install',
    '--quiet',
    '--no-input',
    '--disable-pip-version-check',
  ];
  const requirements = ['-r', 'containers/requirements-foreign.txt'];
  await run('Installing foreign packages', [...pip, ...(await pipOptions(base)), ...requirements]);
}

async function installLlama() {
  const prebuilt = PREBUILT[`${process.platform} ${process.arch}`];
  const packages = ['node-llama-cpp', ...(prebuilt ? [`@node-llama-cpp/${prebuilt}`] : [])];
  mkdirSync(LLAMA_PACKAGES, { recursive: true });
  writeFileSync(`${LLAMA_PACKAGES}/package.json`, '{"private":true}\n');
  // No scripts: its own would look for sources to download and build.
  const flags = ['--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await run(
    'Installing node-llama-cpp',
    ['npm', 'install', ...flags, ...packages.map((name) => `${name}@${LLAMA_VERSION}`)],
    { cwd: LLAMA_PACKAGES },
  );
}

/** Makes the environment, or finds it made for the same requirements. @returns whether there was something to do */
export async function installForeign(say) {
  if (existsSync(STAMP) && readStamp(STAMP) === stamp()) return false;
  const waiting = (pid) => say(`process ${pid} is installing; waiting for it.`);
  await withLock(inProject('dist', 'foreign.lock'), waiting, async () => {
    rmSync(HOME, { recursive: true, force: true });
    say('installing transformers and gguf into .venv-foreign …');
    await installPython();
    say('installing llama.cpp for Node into .venv-foreign/llama …');
    await installLlama();
    writeStamp(STAMP, stamp());
  });
  return true;
}

/** What was installed, one line each, for the log. */
export const requirements = () =>
  readFileSync(inProject('containers', 'requirements-foreign.txt'), 'utf8')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .concat(`node-llama-cpp==${LLAMA_VERSION}`);
