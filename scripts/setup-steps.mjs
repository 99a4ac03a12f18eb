import { existsSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { pipOptions } from './pip-options.mjs';
import { inProject, ROOT, SetupError, venvPython } from './project.mjs';
import { findPython } from './python.mjs';
import { contentStamp, readStamp, writeStamp } from './stamps.mjs';

const FREE_BYTES_FIRST = 4 * 1024 ** 3;

/** @throws SetupError where a first installation would fill the disk */
export function requireDisk(freeBytes = freeBytesHere()) {
  if (freeBytes >= FREE_BYTES_FIRST) return;
  const gigabytes = (bytes) => `${(bytes / 1024 ** 3).toFixed(1)} GB`;
  throw new SetupError(
    `${gigabytes(freeBytes)} are free in ${ROOT}; the first set-up needs ${gigabytes(FREE_BYTES_FIRST)}.`,
    'Free some space, or move the checkout to a larger disk, and run the same command again.',
  );
}

function freeBytesHere() {
  const { bavail, bsize } = statfsSync(ROOT);
  return bavail * bsize;
}

const platform = [process.platform, process.arch];
const isStamped = (file, stamp) => readStamp(file) === stamp();

/** npm's own record of what it installed says the same as the lock: somebody ran npm by hand, which is as good. */
function matchesLock() {
  const installedFile = inProject('node_modules', '.package-lock.json');
  const lockFile = inProject('package-lock.json');
  if (!existsSync(installedFile) || !existsSync(lockFile)) return false;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages ?? {};
  const wanted = JSON.parse(readFileSync(lockFile, 'utf8')).packages ?? {};
  const names = Object.keys(wanted).filter((name) => name !== '' && !wanted[name].link);
  return (
    names.every((name) => wanted[name].optional || installed[name]?.version === wanted[name].version) &&
    Object.keys(installed).every((name) => wanted[name]?.version === installed[name].version)
  );
}

function npmStep() {
  const stampFile = inProject('node_modules', '.cache', 'agent-forge', 'npm.stamp');
  const stamp = () => contentStamp(ROOT, ['package-lock.json'], platform);
  return {
    name: 'npm',
    title: 'npm packages',
    stamp,
    stampFile,
    isDone: () => isStamped(stampFile, stamp),
    async run(tools) {
      if (matchesLock()) return 'found as the lock asks for';
      if (!existsSync(inProject('node_modules'))) requireDisk();
      const npm = process.env.npm_execpath?.endsWith('.js')
        ? [process.execPath, process.env.npm_execpath]
        : ['npm'];
      await tools.run([...npm, 'ci', '--no-audit', '--no-fund', '--no-progress']);
      return 'installed from package-lock.json';
    },
  };
}

/** Present while an installation is under way: what a killed one left behind is not built upon. */
const unfinishedMark = () => inProject('.venv', '.unfinished');

async function freshEnvironment(tools) {
  rmSync(inProject('.venv'), { recursive: true, force: true });
  requireDisk();
  const python = findPython();
  if (!python.hasVenv) {
    throw new SetupError(
      `${python.path} (Python ${python.version.join('.')}) lacks its venv module.`,
      'Install it (Debian and Ubuntu: apt install python3-venv) or set FORGE_PYTHON to another Python 3.11+.',
    );
  }
  await tools.run([python.path, '-m', 'venv', inProject('.venv')]);
  tools.say(
    `.venv made with ${python.path} (Python ${python.version.join('.')}); packages follow (torch is the large one)`,
  );
}

async function installPython(tools) {
  const works = venvPython() && !existsSync(unfinishedMark());
  if (!works) await freshEnvironment(tools);
  writeFileSync(unfinishedMark(), '');
  const options = await pipOptions(venvPython());
  const pip = [venvPython(), '-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
  await tools.run([...pip, ...options, '-r', 'containers/requirements-dev.txt']);
  rmSync(unfinishedMark());
  return 'installed from containers/requirements-dev.txt';
}

function pythonStep() {
  const stampFile = inProject('.venv', '.agent-forge.stamp');
  const stamp = () =>
    contentStamp(ROOT, ['containers/requirements.txt', 'containers/requirements-dev.txt'], platform);
  return {
    name: 'python',
    title: 'Python environment',
    stamp,
    stampFile,
    // The interpreter is a link to the one it was made with, which may have been uninstalled since.
    isDone: () => venvPython() !== undefined && isStamped(stampFile, stamp),
    run: installPython,
  };
}

export const BUNDLED_SOURCES = [
  'adapters',
  'cli',
  'contracts',
  'core',
  'functions',
  'local',
  'statemachines',
];

function bundleStep() {
  const stampFile = inProject('dist', 'stamps', 'bundles.stamp');
  const listFile = inProject('dist', 'stamps', 'bundles.json');
  const inputs = [
    ...BUNDLED_SOURCES,
    'package.json',
    'package-lock.json',
    'scripts/build.mjs',
    'scripts/bundle-targets.mjs',
  ];
  const stamp = () => contentStamp(ROOT, inputs);
  const outputsExist = () =>
    existsSync(listFile) &&
    JSON.parse(readFileSync(listFile, 'utf8')).every((path) => existsSync(inProject(path)));
  return {
    name: 'bundles',
    title: 'bundles',
    stamp,
    stampFile,
    isDone: () => isStamped(stampFile, stamp) && outputsExist(),
    async run() {
      const { build } = await import('./build.mjs');
      const rows = await build();
      writeStamp(listFile, JSON.stringify(rows.map((row) => row.path)));
      return `${rows.length} built into dist/`;
    },
  };
}

/** Only in a developer's own clone, and only where no other hooks are configured. */
function hookStep() {
  const config = inProject('.git', 'config');
  const isClone = statSync(inProject('.git'), { throwIfNoEntry: false })?.isDirectory() ?? false;
  return {
    name: 'hook',
    title: 'git hook',
    stamp: () => '',
    isDone: () => Boolean(process.env.CI) || !isClone || /hookspath/i.test(readFileSync(config, 'utf8')),
    async run(tools) {
      await tools.run(['git', 'config', 'core.hooksPath', '.githooks']);
      return 'the repository rules now run before each commit';
    },
  };
}

/** All steps in order; each says whether its result already stands. */
export const setupSteps = () => [npmStep(), pythonStep(), bundleStep(), hookStep()];
