import { build } from 'esbuild';
import { cleanUp, forge, freshFolder, ROOT, serveHttp } from './cli-harness.ts';

afterAll(cleanUp);

/** An address where nobody listens: a server that was there a moment ago. */
async function deadAddress(): Promise<string> {
  const url = await serveHttp((_request, response) => response.end());
  cleanUp();
  return url;
}

describe('usage', () => {
  it('shows the help and succeeds without any argument', async () => {
    const { exitCode, stdout, stderr } = await forge([]);
    expect(exitCode).toBe(0);
    expect(stdout + stderr).toMatch(/Usage: forge/);
  });

  it.each([
    { argv: ['runs'], says: /A verb is missing/ },
    {
      argv: ['runs', 'lst'],
      says: /unknown command 'lst'\n\(Did you mean list\?\)\n {2}See: forge runs --help/,
    },
    { argv: ['runs', 'create'], says: /required option '-f, --file <file>' not specified/ },
    { argv: ['runs', 'get'], says: /missing required argument 'id'/ },
    { argv: ['runs', 'get', 'a', 'b'], says: /too many arguments/ },
    { argv: ['runs', 'list', '--limit', '0'], says: /Expected a whole number from 1 on/ },
    { argv: ['runs', 'list', '--status', 'odd'], says: /Allowed choices are queued, running/ },
    { argv: ['runs', 'logs', 'X', '--phase', 'cognat'], says: /Allowed choices are cognate/ },
    { argv: ['version', '--colour'], says: /unknown option '--colour'/ },
    { argv: ['version', '--timeout', 'soon'], says: /--timeout is "soon"; expected seconds/ },
    {
      argv: ['runs', 'list', '--endpoint', 'ftp://x'],
      says: /"ftp:\/\/x" is no http:\/\/ or https:\/\/ address/,
    },
  ])('refuses $argv with exit code 2 and the way out', async ({ argv, says }) => {
    const { exitCode, stdout, stderr } = await forge(argv);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  it('accepts global options before and after the verb', async () => {
    const before = await forge(['--json', 'version']);
    const after = await forge(['version', '--json']);
    expect(JSON.parse(before.stdout)).toEqual(JSON.parse(after.stdout));
    expect(JSON.parse(after.stdout)).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
  });

  it('tells a failure as one line of JSON on stderr with --json', async () => {
    const { exitCode, stdout, stderr } = await forge(['runs', 'get', '--json']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(JSON.parse(stderr)).toMatchObject({ error: { kind: 'validation', code: 'usage', exit: 2 } });
  });
});

describe('failures of a request', () => {
  it('says that there is no server and how to start one, with exit code 7', async () => {
    const endpoint = await deadAddress();
    const { exitCode, stdout, stderr } = await forge(['runs', 'list'], { env: { FORGE_ENDPOINT: endpoint } });
    expect({ exitCode, stdout }).toEqual({ exitCode: 7, stdout: '' });
    expect(stderr).toContain(`No server at ${endpoint}.\n  Start one with: npm run serve`);
  });

  it('prints a stack trace only with --debug', async () => {
    const env = { FORGE_ENDPOINT: await deadAddress() };
    const plain = await forge(['runs', 'list'], { env });
    const debugged = await forge(['runs', 'list', '--debug'], { env });
    expect(plain.stderr).not.toMatch(/\n\s+at /);
    expect(debugged.stderr).toMatch(/\n\s+at .*\n[\s\S]*caused by: /);
  });

  it('takes the kind from the status where the answer is no problem document', async () => {
    const endpoint = await serveHttp((_request, response) => {
      response.writeHead(401);
      response.end('<html>no</html>');
    });
    const { exitCode, stderr } = await forge(['runs', 'list', '--endpoint', endpoint]);
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/answered 401.*\n {2}Sign in .* set FORGE_TOKEN/);
  });

  it('names what answered when it is not this API', async () => {
    const endpoint = await serveHttp((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html>');
    });
    const { exitCode, stderr } = await forge(['runs', 'list', '--endpoint', endpoint]);
    expect(exitCode).toBe(7);
    expect(stderr).toMatch(/answered with text\/html; expected JSON[\s\S]*Is that an Agent Forge server/);
  });

  it('gives up after --timeout with exit code 3', async () => {
    const endpoint = await serveHttp(() => undefined);
    const { exitCode, stderr } = await forge(['runs', 'list', '--endpoint', endpoint, '--timeout', '0.2']);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/did not end within 0.2 s/);
  });

  it('ends with 130 on Ctrl-C', async () => {
    const interruption = new AbortController();
    const endpoint = await serveHttp(() => interruption.abort());
    const { exitCode, stderr } = await forge(['runs', 'list', '--endpoint', endpoint], {
      interrupted: interruption.signal,
    });
    expect(exitCode).toBe(130);
    expect(stderr).toBe('interrupted\n');
  });

  it('repeats a request that may be repeated when the connection breaks, and no other', async () => {
    const seen: string[] = [];
    const endpoint = await serveHttp((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers['idempotency-key'] ?? ''}`);
      request.resume();
      if (seen.length === 1) request.socket.destroy();
      else response.end(JSON.stringify({ id: 'R', name: 'n', status: 'queued', phases: [] }));
    });
    const document = 'apiVersion: forge/v1\nname: a\nphases: [cognate]\ninput: { corpus: c }\n';
    const argv = ['runs', 'create', '-f', '-', '--idempotency-key', 'K1', '--endpoint', endpoint];
    const { exitCode, stdout } = await forge(argv, { input: document });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'R\n' });
    expect(seen).toEqual(['POST /v1/runs K1', 'POST /v1/runs K1']);
  });
});

describe('the token', () => {
  it('comes from the home for this machine only, from FORGE_TOKEN for any', async () => {
    const tokens: (string | undefined)[] = [];
    const endpoint = await serveHttp((request, response) => {
      tokens.push(request.headers.authorization);
      response.end('{"items":[],"next":null}');
    });
    const cwd = freshFolder();
    const { mkdirSync, writeFileSync } = await import('node:fs');
    mkdirSync(`${cwd}/.forge`);
    writeFileSync(`${cwd}/.forge/token`, 'from-home\n');
    await forge(['runs', 'list', '--endpoint', endpoint], { cwd });
    await forge(['runs', 'list', '--endpoint', endpoint], { cwd, env: { FORGE_TOKEN: 'given' } });
    const { tokenFor } = await import('#cli/environment.ts');
    const { recordingIo } = await import('./cli-harness.ts');
    expect(tokens).toEqual(['Bearer from-home', 'Bearer given']);
    expect(tokenFor(recordingIo({ cwd }).io, 'https://forge.example')).toBeNull();
  });
});

describe('starting', () => {
  it('loads neither the schema library nor the YAML parser before a verb needs them', async () => {
    const { metafile } = await build({
      absWorkingDir: ROOT,
      entryPoints: ['cli/forge.ts'],
      bundle: true,
      platform: 'node',
      format: 'esm',
      splitting: true,
      metafile: true,
      write: false,
      outdir: 'dist/unused',
      logLevel: 'silent',
    });
    const reached = new Set<string>();
    const reach = (path: string): void => {
      if (reached.has(path)) return;
      reached.add(path);
      for (const { path: next, kind } of metafile.outputs[path]?.imports ?? [])
        if (kind === 'import-statement') reach(next);
    };
    reach('dist/unused/forge.js');
    const sources = [...reached].flatMap((path) => Object.keys(metafile.outputs[path]?.inputs ?? {}));
    expect(sources).toContain('cli/program.ts');
    expect(sources.filter((path) => /node_modules\/(?!commander\/)/.test(path))).toEqual([]);
  });
});
