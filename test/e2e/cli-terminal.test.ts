/** The built command line at a real terminal: what it asks, what each key means, and what it draws. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUp, freshFolder, ROOT, serveHttp } from '#test/unit/cli/cli-harness.ts';

const FORGE = join(ROOT, 'dist', 'cli', 'forge.mjs');
const PYTHON = join(ROOT, '.venv', 'bin', 'python');
const ESCAPE = '\u001b[';

/** Gives a program a terminal of its own, types the keys once it asks, prints what it wrote and how it ended. */
const TERMINAL = `
import json, os, pty, sys
keys, argv = sys.argv[1].encode().decode("unicode_escape").encode(), sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(argv[0], argv)
text = b""
while True:
    try:
        read = os.read(terminal, 65536)
    except OSError:
        break
    if not read:
        break
    text += read
    if keys and b"[y/N]" in text:
        os.write(terminal, keys)
        keys = b""
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
print(json.dumps({"text": text.decode(), "exitCode": code}))
`;

interface Shown {
  readonly text: string;
  readonly exitCode: number;
}

function atTerminal(
  keys: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Shown> {
  const { FORGE_ENDPOINT: _endpoint, FORGE_TOKEN: _token, NO_COLOR: _color, ...own } = process.env;
  const child = spawn(PYTHON, ['-c', TERMINAL, keys, process.execPath, FORGE, ...argv], {
    env: { ...own, TERM: 'xterm', FORGE_HOME: freshFolder(), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  return new Promise((resolve) => {
    child.on('close', () => resolve(JSON.parse(output) as Shown));
  });
}

const deleted: string[] = [];
let endpoint = '';

beforeAll(async () => {
  if (!existsSync(FORGE)) throw new Error(`There is no ${FORGE}; build it with: npm run build`);
  endpoint = await serveHttp((request, response) => {
    request.resume();
    if (request.method === 'DELETE') deleted.push(request.url ?? '');
    response.writeHead(request.method === 'DELETE' ? 204 : 200, { etag: '"1"' });
    response.end(
      request.method === 'DELETE' ? undefined : JSON.stringify({ name: 'mine', recordVersion: 1 }),
    );
  });
});

afterAll(cleanUp);
beforeEach(() => deleted.splice(0));

describe('a question at a terminal', () => {
  it.each([
    ['y and Enter', 'y\\r', 0, 1],
    ['n and Enter', 'n\\r', 1, 0],
    ['Enter alone', '\\r', 1, 0],
    ['Ctrl-D', '\\x04', 1, 0],
    ['Ctrl-C', '\\x03', 130, 0],
  ])('answered with %s ends with the exit code of that', async (_, keys, code, count) => {
    const { text, exitCode } = await atTerminal(keys, ['presets', 'delete', 'mine', '--endpoint', endpoint]);
    expect(text).toContain('Delete the preset mine? [y/N]');
    expect({ exitCode, deleted: deleted.length }).toEqual({ exitCode: code, deleted: count });
    expect(text).not.toContain('defect');
  });
});

describe('colours at a terminal', () => {
  const refused = ['presets', 'get', 'x', '--endpoint', 'ftp://nowhere'];

  it('are there, and gone with NO_COLOR', async () => {
    expect((await atTerminal('', refused)).text).toContain(`${ESCAPE}31merror`);
    const plain = await atTerminal('', refused, { NO_COLOR: '1' });
    expect(plain).toMatchObject({ exitCode: 2, text: expect.stringContaining('error: The endpoint') });
    expect(plain.text).not.toContain(ESCAPE);
  });
});
