import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixtureTree, PROJECT, removeFixtures } from '#test/support/fixture-tree.ts';
import { type CommandBlock, commandBlocks, missingLine } from './doc-blocks.ts';

const LIMIT_MS = 240_000;
const USUAL_ADDRESS = '127.0.0.1:4505';

function markdownBelow(folder: string): string[] {
  return readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name))
    .sort();
}

const DOCUMENTS = ['README.md', 'CONTRIBUTING.md', ...markdownBelow('docs')];
const blocks = DOCUMENTS.flatMap((path) => commandBlocks(path, readFileSync(join(PROJECT, path), 'utf8')));
const placeOf = (block: CommandBlock): string => `${block.document}:${block.line}`;
const elsewhere = blocks.filter((block) => block.testedBy !== null);
const here = blocks.filter((block) => block.testedBy === null);

describe('a command block', () => {
  const text = [
    '# Title',
    '<!-- tested-by: test/e2e/some.test.ts -->',
    '```sh',
    '# first',
    'forge runs list \\',
    '  --json',
    '```',
    '```json',
    '{}',
    '```',
    '```console',
    '$ forge version',
    'agent-forge …',
    'ready',
    '```',
  ].join('\n');

  it('is read with its commands, what they promise and the test that runs them', () => {
    expect(commandBlocks('a.md', text)).toEqual([
      {
        document: 'a.md',
        line: 3,
        testedBy: 'test/e2e/some.test.ts',
        commands: [{ text: 'forge runs list --json', output: [] }],
      },
      {
        document: 'a.md',
        line: 11,
        testedBy: null,
        commands: [{ text: 'forge version', output: ['agent-forge …', 'ready'] }],
      },
    ]);
  });

  it('keeps its promise only if every line appears, in order', () => {
    expect(missingLine(['agent-forge …', 'ready'], 'agent-forge 1.2\nsomething\nready\n')).toBeNull();
    expect(missingLine(['agent-forge …', 'ready'], 'ready\nagent-forge 1.2\n')).toBe('ready');
    expect(missingLine(['1.2'], '1x2')).toBe('1.2');
  });
});

describe('a command that is typed', () => {
  const typedIn = (text: string): Promise<string[]> =>
    brokenPromises(commandBlocks('a.md', `\`\`\`console\n${text}\n\`\`\`\n`), process.env);

  it.each([
    ['ends well and prints what it promised', '$ echo one two\none …', []],
    ['ends badly', '$ echo no; exit 3', ['a.md:1 "echo no; exit 3" ended with 3: no\n']],
    ['prints something else', '$ echo one\ntwo', ['a.md:1 "echo one" did not print "two"']],
  ])('is judged when it %s', async (_what, text, broken) => {
    expect(await typedIn(text)).toEqual(broken);
  });
});

describe('a command that the documents name and another test runs', () => {
  const commands = elsewhere.flatMap((block) =>
    block.commands.map(({ text }) => [placeOf(block), text, block.testedBy ?? ''] as const),
  );

  it.each(commands)('%s: "%s" stands in %s', (_place, text, testedBy) => {
    expect(existsSync(join(PROJECT, testedBy))).toBe(true);
    expect(readFileSync(join(PROJECT, testedBy), 'utf8')).toContain(text);
  });
});

describe('every other command of the documents', () => {
  let server: ChildProcess | undefined;
  let env: NodeJS.ProcessEnv = {};
  let address = USUAL_ADDRESS;

  /** `forge` on the PATH, a home of its own, and a real server where a command talks to one. */
  beforeAll(async () => {
    const root = fixtureTree({
      'bin/forge': `#!/bin/sh\nexec "${process.execPath}" "${join(PROJECT, 'dist/cli/forge.mjs')}" "$@"\n`,
    });
    chmodSync(join(root, 'bin/forge'), 0o755);
    mkdirSync(join(root, 'home'));
    env = {
      ...process.env,
      FORGE_HOME: join(root, 'home'),
      PATH: `${join(root, 'bin')}:${process.env.PATH}`,
    };
    const talks = here.some((block) => block.commands.some(({ text }) => /\b(forge|curl)\b/.test(text)));
    if (!talks) return;
    const log = join(root, 'server.log');
    server = spawn('forge', ['serve'], { cwd: PROJECT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [server.stdout, server.stderr]) {
      stream?.on('data', (chunk) => writeFileSync(log, chunk, { flag: 'a' }));
    }
    address = await addressOf(join(root, 'home', 'server.json'), log, server);
  }, LIMIT_MS);

  afterAll(async () => {
    if (server && server.exitCode === null) {
      const ended = new Promise((resolve) => server?.once('exit', resolve));
      server.kill('SIGTERM');
      await ended;
    }
    removeFixtures();
  });

  it(
    `is run here and keeps its promise (${here.map(placeOf).join(', ') || 'none so far'})`,
    async () => {
      const atServer = (line: string): string => line.replaceAll(USUAL_ADDRESS, address);

      expect(await brokenPromises(here, env, atServer)).toEqual([]);
    },
    LIMIT_MS,
  );
});

/** What the commands did not keep, one line each: their end, or a line of output that did not appear. */
async function brokenPromises(
  blocksToRun: readonly CommandBlock[],
  env: NodeJS.ProcessEnv,
  rewrite = (line: string): string => line,
): Promise<string[]> {
  const broken: string[] = [];
  for (const block of blocksToRun) {
    for (const { text, output } of block.commands) {
      const told = await typed(rewrite(text), env);
      const missing = missingLine(output.map(rewrite), told.output);
      if (told.exitCode !== 0)
        broken.push(`${placeOf(block)} "${text}" ended with ${told.exitCode}: ${told.output}`);
      else if (missing !== null) broken.push(`${placeOf(block)} "${text}" did not print "${missing}"`);
    }
  }
  return broken;
}

/** Where the server listens, as soon as it says so; its own words if it does not. */
async function addressOf(record: string, log: string, server: ChildProcess): Promise<string> {
  while (!existsSync(record)) {
    if (server.exitCode !== null) throw new Error(`forge serve ended early:\n${readFileSync(log, 'utf8')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return new URL(JSON.parse(readFileSync(record, 'utf8')).url).host;
}

/** Types one line into bash in the project's folder. */
function typed(command: string, env: NodeJS.ProcessEnv): Promise<{ exitCode: number; output: string }> {
  return new Promise((resolve) => {
    execFile('bash', ['-c', command], { cwd: PROJECT, env, timeout: LIMIT_MS }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ exitCode, output: exitCode === 0 ? stdout : stdout + stderr });
    });
  });
}
