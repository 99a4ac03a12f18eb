import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { buildDashboard, hasDashboard } from './build-dashboard.mjs';
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

const readJson = (...path) => JSON.parse(readFileSync(inProject(...path), 'utf8'));

/** Present while an installation is under way: what a killed one left behind is not built upon. */
const unfinished = {
  npm: () => inProject('node_modules', '.cache', 'agent-forge', 'unfinished'),
  python: () => inProject('.venv', '.unfinished'),
};

/** npm's own record of what it installed says the same as the lock: somebody ran npm by hand, which is as good. */
function matchesLock() {
  if (!existsSync(inProject('node_modules', '.package-lock.json'))) return false;
  const installed = readJson('node_modules', '.package-lock.json').packages ?? {};
  const wanted = readJson('package-lock.json').packages ?? {};
  const names = new Set([...Object.keys(wanted), ...Object.keys(installed)]);
  names.delete('');
  // Optional packages are binaries of one platform each: which of them are there depends on the machine.
  const agrees = (name) =>
    (wanted[name] ?? installed[name])?.optional || installed[name]?.version === wanted[name]?.version;
  return [...names].every(agrees);
}

/** @throws SetupError where the lock was made for other dependencies than package.json asks for */
function requireFittingLock() {
  const locked = readJson('package-lock.json').packages[''] ?? {};
  const asked = readJson('package.json');
  for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies']) {
    const names = new Set([...Object.keys(asked[kind] ?? {}), ...Object.keys(locked[kind] ?? {})]);
    const other = [...names].find((name) => asked[kind]?.[name] !== locked[kind]?.[name]);
    if (other === undefined) continue;
    throw new SetupError(
      `package-lock.json does not fit package.json: ${other} is ${locked[kind]?.[other] ?? 'absent'} in the lock, ` +
        `${asked[kind]?.[other] ?? 'absent'} in ${kind}.`,
      'Run npm install, commit the changed package-lock.json and run the same command again.',
    );
  }
}

async function installNpm(tools) {
  requireFittingLock();
  if (!existsSync(unfinished.npm()) && matchesLock()) return 'found as the lock asks for';
  if (existsSync(unfinished.npm())) rmSync(inProject('node_modules'), { recursive: true, force: true });
  if (!existsSync(inProject('node_modules'))) requireDisk();
  mkdirSync(dirname(unfinished.npm()), { recursive: true });
  writeFileSync(unfinished.npm(), '');
  const npm = process.env.npm_execpath?.endsWith('.js')
    ? [process.execPath, process.env.npm_execpath]
    : ['npm'];
  // Not `npm ci`: it refuses a lock that lacks the binaries of other platforms, which a registry may not even carry.
  // Exact versions and hashes come from the lock all the same, and --no-save leaves it as it is.
  const words = ['install', '--no-save', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  // Its libraries for CUDA do not come from the registry, and serving here is the CPU's work.
  await tools.run([...npm, ...words], { env: { ONNXRUNTIME_NODE_INSTALL: 'skip' } });
  rmSync(unfinished.npm());
  return 'installed from package-lock.json';
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
    run: installNpm,
  };
}

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
  const works = venvPython() && !existsSync(unfinished.python());
  if (!works) await freshEnvironment(tools);
  writeFileSync(unfinished.python(), '');
  const options = await pipOptions(venvPython());
  const pip = [venvPython(), '-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
  await tools.run([...pip, ...options, '-r', 'containers/requirements-dev.txt']);
  rmSync(unfinished.python());
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
    'scripts/bundles.mjs',
    'scripts/bundle-targets.mjs',
    'scripts/bundle-diet.mjs',
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
      const { build } = await import('./bundles.mjs');
      const rows = await build();
      writeStamp(listFile, JSON.stringify(rows.map((row) => row.path)));
      return `${rows.length} built into dist/`;
    },
  };
}

/** The pages that the local server and a stage's site serve. */
function dashboardStep() {
  const stampFile = inProject('dist', 'stamps', 'dashboard.stamp');
  const inputs = ['dashboard', 'package-lock.json', 'scripts/build-dashboard.mjs'];
  const stamp = () => contentStamp(ROOT, inputs);
  return {
    name: 'dashboard',
    title: 'dashboard',
    stamp,
    stampFile,
    isDone: () =>
      !hasDashboard() ||
      (isStamped(stampFile, stamp) && existsSync(inProject('dist', 'dashboard', 'index.html'))),
    async run() {
      const [first] = await buildDashboard();
      return `built into dist/dashboard, ${(first.gzipBytes / 1024).toFixed(0)} KB of scripts to its first page`;
    },
  };
}

const KERNELS = [
  'containers/agent_forge/models/kernels/ternary.c',
  'containers/agent_forge/models/compiled_kernel.py',
];
const COMPILERS = ['cc', 'gcc', 'clang'];

/** The C compiler that the package would find, or nothing. */
function compilerHere() {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return COMPILERS.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) =>
    existsSync(path),
  );
}

/** Without a compiler everything works, slower; so the step says so and the set-up goes on. */
function kernelStep() {
  const stampFile = inProject('dist', 'stamps', 'kernels.stamp');
  const built = inProject('containers', 'agent_forge', 'models', 'kernels', 'build');
  const stamp = () => contentStamp(ROOT, KERNELS, [...platform, compilerHere() ?? 'none']);
  const isCompiled = () => existsSync(built) && readdirSync(built).some((name) => name.endsWith('.so'));
  return {
    name: 'kernels',
    title: 'kernels',
    stamp,
    stampFile,
    isDone: () =>
      !existsSync(inProject(KERNELS[0])) ||
      (isStamped(stampFile, stamp) && (isCompiled() || compilerHere() === undefined)),
    async run(tools) {
      const program = [venvPython(), '-m', 'agent_forge.models.compiled_kernel'];
      const said = await tools.run(program, { cwd: inProject('containers') });
      return said.trim().split('\n').at(-1);
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
export const setupSteps = () => [
  npmStep(),
  pythonStep(),
  kernelStep(),
  bundleStep(),
  dashboardStep(),
  hookStep(),
];
