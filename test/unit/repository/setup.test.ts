import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixtureTree, PROJECT, removeFixtures } from '#test/support/fixture-tree.ts';

const lockOf = (dependencies: Readonly<Record<string, string>>): string =>
  JSON.stringify({
    name: 'fixture',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { name: 'fixture', version: '1.0.0', dependencies },
      ...Object.fromEntries(
        Object.entries(dependencies).map(([name, version]) => [`node_modules/${name}`, { version }]),
      ),
    },
  });

/** A checkout whose two package lists are empty: the real set-up, at a size that a test can afford. */
function checkout(dependencies: Readonly<Record<string, string>> = {}): string {
  const root = fixtureTree({
    'package.json': JSON.stringify({ name: 'fixture', version: '1.0.0', type: 'module', dependencies }),
    'package-lock.json': lockOf(dependencies),
    'containers/requirements.txt': '',
    'containers/requirements-dev.txt': '-r requirements.txt\n',
  });
  cpSync(join(PROJECT, 'scripts'), join(root, 'scripts'), { recursive: true });
  return root;
}

/** Nothing of the calling npm or of this machine's settings may decide what a test sees. */
const OFFLINE = {
  npm_config_registry: 'http://127.0.0.1:9',
  npm_config_fetch_retries: '0',
  npm_config_loglevel: 'silent',
  CI: '1',
};

type Told = { readonly exitCode: number | null; readonly text: string };

const command = (root: string): string[] => [join(root, 'scripts/setup.mjs'), '--without-bundles'];

function setUp(root: string, env: Readonly<Record<string, string>> = {}): Told {
  const child = spawnSync(process.execPath, command(root), {
    encoding: 'utf8',
    env: { ...process.env, ...OFFLINE, ...env },
  });
  return { exitCode: child.status, text: child.stdout + child.stderr };
}

const ended = (child: ChildProcess): Promise<Told> =>
  new Promise((resolve) => {
    let text = '';
    child.stderr?.on('data', (chunk) => {
      text += chunk;
    });
    child.on('close', (exitCode) => resolve({ exitCode, text }));
  });

const runFunction = (program: string): Told => {
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    cwd: PROJECT,
  });
  return { exitCode: child.status, text: child.stdout + child.stderr };
};

afterAll(removeFixtures);

describe('the set-up of a checkout whose first one was cut off', () => {
  const root = checkout();
  mkdirSync(join(root, '.venv'));
  for (const name of ['.unfinished', 'left-behind']) writeFileSync(join(root, '.venv', name), '');
  let first: Told;
  let second: Told;

  beforeAll(async () => {
    const start = (): ChildProcess =>
      spawn(process.execPath, command(root), {
        env: { ...process.env, ...OFFLINE },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
    [first, second] = (await Promise.all([ended(start()), ended(start())])) as [Told, Told];
  }, 60_000);

  it('does the work once when two are started at the same time', () => {
    const texts = [first.text, second.text];

    expect([first.exitCode, second.exitCode]).toEqual([0, 0]);
    expect(texts.filter((text) => text.includes('Python environment: installed'))).toHaveLength(1);
    expect(
      texts.some((text) => /another set-up of this checkout is at work \(process \d+\)/.test(text)),
    ).toBe(true);
  });

  it('builds upon nothing that was left behind', () => {
    expect(existsSync(join(root, '.venv/left-behind'))).toBe(false);
    expect(existsSync(join(root, '.venv/.unfinished'))).toBe(false);
  });

  it('says each step with its seconds', () => {
    const worker = first.text.includes('Python environment: installed') ? first : second;

    expect(worker.text).toMatch(/set-up: npm packages: installed from package-lock\.json, \d+\.\d s/);
    expect(worker.text).toMatch(/set-up: Python environment: \.venv made with \/.+ \(Python 3\.\d+\.\d+\)/);
    expect(worker.text).toMatch(
      /set-up: Python environment: installed from .+requirements-dev\.txt, \d+\.\d s/,
    );
  });

  it('has nothing to do a second time', () => {
    expect(setUp(root)).toEqual({ exitCode: 0, text: 'set-up: everything was in place already\n' });
  });

  it('redoes only the step whose inputs changed', () => {
    writeFileSync(join(root, 'package-lock.json'), `${lockOf({})}\n`);

    const { text } = setUp(root);

    expect(text).toContain('npm packages');
    expect(text).not.toContain('Python environment');
  });

  it('takes over the lock of a set-up that was killed', () => {
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    writeFileSync(join(root, 'dist/setup.lock'), String(dead));
    writeFileSync(join(root, 'package-lock.json'), `${lockOf({})}\n\n`);

    expect(setUp(root).exitCode).toBe(0);
    expect(existsSync(join(root, 'dist/setup.lock'))).toBe(false);
  });
});

describe('the set-up tells what to do', () => {
  const explained = (told: Told): void => {
    expect(told.text).toMatch(/^error: .+\n {2}fix: .+/m);
    expect(told.text).not.toMatch(/^\s+at /m);
  };

  it('when the package registry cannot be reached', () => {
    const told = setUp(checkout({ 'some-package': '1.0.0' }));

    explained(told);
    expect(told.text).toContain('the package registry cannot be reached');
    expect(told.exitCode).toBe(7);
  });

  it('when the lock was made for other dependencies', () => {
    const root = checkout();
    const dependencies = { 'some-package': '1.0.0' };
    writeFileSync(
      join(root, 'package.json'),
      JSON.stringify({ name: 'fixture', type: 'module', dependencies }),
    );

    const told = setUp(root);

    explained(told);
    expect(told.text).toContain('some-package is absent in the lock, 1.0.0 in dependencies');
    expect(told.exitCode).toBe(7);
  });

  it('when FORGE_PYTHON is no interpreter', () => {
    const told = setUp(checkout(), { FORGE_PYTHON: '/nowhere/python' });

    explained(told);
    expect(told.text).toContain('FORGE_PYTHON is /nowhere/python');
    expect(told.exitCode).toBe(2);
  });

  it('when there is no Python that is new enough', () => {
    const root = checkout();
    const bin = join(root, 'bin');
    mkdirSync(bin);
    for (const [name, body] of [
      ['python3', `echo '{"path": "/usr/bin/python3", "version": [3, 9, 2], "hasVenv": true}'`],
      ['npm', ':'],
    ] as const) {
      writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
      chmodSync(join(bin, name), 0o755);
    }
    const onlyThese = spawnSync(process.execPath, command(root), {
      encoding: 'utf8',
      env: { PATH: `${bin}:/bin-without-python`, CI: '1' },
    });

    const told = { exitCode: onlyThese.status, text: onlyThese.stderr };
    explained(told);
    expect(told.text).toContain('No Python 3.11 or newer on the PATH');
    expect(told.text).toContain('python3 is 3.9.2');
    expect(told.exitCode).toBe(7);
  });

  it('when Node is too old', () => {
    const told = runFunction(
      "import { requireNode, runMain } from './scripts/setup.mjs'; await runMain(async () => requireNode('18.20.4'));",
    );

    explained(told);
    expect(told.text).toContain('This is Node 18.20.4; Agent Forge needs 20.19 or newer.');
    expect(told.exitCode).toBe(7);
  });

  it('when the disk is too small for a first set-up', () => {
    const told = runFunction(
      "import { runMain } from './scripts/setup.mjs'; import { requireDisk } from './scripts/setup-steps.mjs';" +
        'await runMain(async () => requireDisk(1.5 * 1024 ** 3));',
    );

    explained(told);
    expect(told.text).toContain('1.5 GB are free');
    expect(told.exitCode).toBe(7);
  });
});

describe('the stamp of a step', () => {
  const stampOf = (root: string, inputs: readonly string[]): string => {
    const program =
      "import { contentStamp } from './scripts/stamps.mjs';" +
      `console.log(contentStamp(${JSON.stringify(root)}, ${JSON.stringify(inputs)}))`;
    return execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: PROJECT,
      encoding: 'utf8',
    });
  };

  it('is the same for the same contents in another folder', () => {
    const files = { 'core/a.ts': 'a', 'core/b/c.ts': 'c' };

    expect(stampOf(fixtureTree(files), ['core'])).toBe(stampOf(fixtureTree(files), ['core']));
  });

  it.each([
    ['a content', { 'core/a.ts': 'b' }],
    ['a name', { 'core/b.ts': 'a' }],
    ['one file more', { 'core/a.ts': 'a', 'core/b.ts': '' }],
  ])('differs by %s', (_what, files) => {
    expect(stampOf(fixtureTree(files), ['core'])).not.toBe(
      stampOf(fixtureTree({ 'core/a.ts': 'a' }), ['core']),
    );
  });
});
