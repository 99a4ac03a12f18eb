import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixtureTree, PROJECT, removeFixtures } from '#test/support/fixture-tree.ts';

/** Stands in for the command line: says what it was asked, and answers as the first flag tells it. */
const FORGE = `
import { writeFileSync } from 'node:fs';
const [verb, flag = ''] = process.argv.slice(2);
console.log('forge was asked to ' + process.argv.slice(2).join(' '));
if (flag.startsWith('--exit=')) process.exitCode = Number(flag.slice(7));
if (flag === '--wait') {
  process.on('SIGINT', () => process.exit(130));
  setInterval(() => writeFileSync('waiting', ''), 50);
}
`;

const API = "import * as z from 'zod';\nexport const schema = z.object({ name: z.string() });\n";

/** A checkout with the real scripts, esbuild and zod, one function and a command line of a few lines. */
function checkout(): string {
  const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  const root = fixtureTree({
    'package.json': JSON.stringify({ name: 'fixture', version: '1.0.0', type: 'module', scripts }),
    'package-lock.json': JSON.stringify({ name: 'fixture', lockfileVersion: 3, packages: { '': {} } }),
    'node_modules/.package-lock.json': JSON.stringify({ packages: {} }),
    'containers/requirements.txt': '',
    'containers/requirements-dev.txt': '',
    'contracts/functions.json': JSON.stringify({ functions: { api: { entry: 'functions/api/api.ts' } } }),
    'functions/api/api.ts': API,
    'functions/edge-reads/handler.ts': 'export default {};\n',
    'adapters/aws/none.ts': 'export {};\n',
    'cli/forge.ts': `#!/usr/bin/env node${FORGE}`,
    'local/main.ts': "console.log('server');\n",
    'local/inference/main.ts': "console.log('inference');\n",
  });
  cpSync(join(PROJECT, 'scripts'), join(root, 'scripts'), { recursive: true });
  for (const name of ['esbuild', '@esbuild', 'zod']) {
    symlinkSync(join(PROJECT, 'node_modules', name), join(root, 'node_modules', name));
  }
  mkdirSync(join(root, '.venv/bin'), { recursive: true });
  symlinkSync(process.execPath, join(root, '.venv/bin/python'));
  const markPythonDone =
    "import { setupSteps } from './scripts/setup-steps.mjs'; import { writeStamp } from './scripts/stamps.mjs';" +
    "const python = setupSteps().find(({ name }) => name === 'python'); writeStamp(python.stampFile, python.stamp());";
  execFileSync(process.execPath, ['--input-type=module', '-e', markPythonDone], { cwd: root });
  return root;
}

type Told = { readonly exitCode: number | null; readonly out: string; readonly err: string };

describe('the commands of package.json', () => {
  let root = '';
  const run = (command: string): Told => {
    const child = spawnSync('bash', ['-c', command], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, CI: '1' },
    });
    return { exitCode: child.status, out: child.stdout, err: child.stderr };
  };

  beforeAll(() => {
    root = checkout();
  });
  afterAll(removeFixtures);

  it('npm run setup builds what is missing and runs nothing', () => {
    const told = run('npm run setup');

    expect(told.err).toMatch(/set-up: npm packages: found as the lock asks for, \d+\.\d s/);
    expect(told.err).toMatch(/set-up: bundles: 5 built into dist\/, \d+\.\d s/);
    expect(told.out).not.toContain('forge was asked');
    expect(told.exitCode).toBe(0);
  });

  it('npm start sets up what is missing and runs the demo', () => {
    rmSync(join(root, 'dist'), { recursive: true });

    const told = run('npm start');

    expect(told.err).toMatch(/set-up: bundles: 5 built into dist\/, \d+\.\d s/);
    expect(told.out).toContain('forge was asked to demo\n');
    expect(told.exitCode).toBe(0);
  });

  it('npm start says nothing of a set-up when everything is in place, and keeps standard output for data', () => {
    expect(run('npm start --silent')).toEqual({ exitCode: 0, out: 'forge was asked to demo\n', err: '' });
  });

  it('npm start hands arguments on and exits as the command line did', () => {
    const told = run('npm start --silent -- --exit=5');

    expect(told.out).toBe('forge was asked to demo --exit=5\n');
    expect(told.exitCode).toBe(5);
  });

  it('npm run serve keeps the server up until it is interrupted, and then exits 130', async () => {
    const child = spawn(process.execPath, ['scripts/serve.mjs', '--wait'], { cwd: root, stdio: 'ignore' });
    const ended = new Promise((resolve) => child.on('exit', (code) => resolve(code)));
    while (!existsSync(join(root, 'waiting'))) await new Promise((resolve) => setTimeout(resolve, 20));

    child.kill('SIGINT');

    expect(await ended).toBe(130);
  });

  it('builds again when a source changed, and only then', () => {
    writeFileSync(join(root, 'functions/api/api.ts'), `${API}export const more = 1;\n`);

    expect(run('npm start --silent').err).toContain('set-up: bundles');
    expect(run('npm start --silent').err).toBe('');
  });

  it('npm run build -- --measure prints sizes and import times against the goals', () => {
    const told = run('npm run build -- --measure');

    expect(told.out).toMatch(/^bundle +raw KB +gz KB +import CPU ms +goal$/m);
    expect(told.out).toMatch(/^api +\d+\.\d +\d+\.\d +\d+ +within 200 KB, 170 ms$/m);
    expect(told.out).toMatch(/^cli +\d+\.\d +\d+\.\d +–$/m);
  });

  it('names the source and the line that cannot be bundled, without a stack trace', () => {
    writeFileSync(join(root, 'functions/api/api.ts'), "import './gone.ts';\n");

    const told = run('npm start --silent');

    expect(told.err).toContain('error: Bundling functions/api/api.ts failed:');
    expect(told.err).toContain('functions/api/api.ts:1:7');
    expect(told.err).not.toMatch(/^\s+at /m);
    expect(told.exitCode).toBe(1);
  });
});
