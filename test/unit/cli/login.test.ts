/** `forge login`: code with PKCE against a provider that checks it, with a client that follows its redirects. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { REDIRECT_URI } from '#cli/login/browser-answer.ts';
import { newProof } from '#cli/login/pkce.ts';
import { runCli } from '#cli/program.ts';
import { type SignInProvider, signInProvider } from '#test/support/sign-in-provider.ts';
import { cleanUp, freshFolder, recordingIo, type Surroundings } from './cli-harness.ts';

let provider: SignInProvider;
let config: string;

beforeEach(async () => {
  provider = await signInProvider(REDIRECT_URI);
  config = freshFolder();
});
afterEach(() => provider.close());
// Some of them wait for others, on a machine that may have much else to do.
jest.setTimeout(60_000);
afterAll(cleanUp);

type Browser = (address: string) => Promise<unknown>;

/** What a browser does: asks the provider, and follows where it is sent. */
const browse: Browser = (address) => fetch(address);

/** One command line; what it prints as the address to sign in at is opened by this browser. */
async function forge(argv: readonly string[], browser: Browser = browse, surroundings: Surroundings = {}) {
  const { io, said } = recordingIo({
    ...surroundings,
    env: { XDG_CONFIG_HOME: config, FORGE_ENDPOINT: provider.url, ...surroundings.env },
  });
  const visits: Promise<unknown>[] = [];
  const stderr = {
    ...io.stderr,
    write(text: string) {
      const address = /http\S+\/authorize\S+/.exec(text)?.[0];
      if (address) visits.push(browser(address));
      return io.stderr.write(text);
    },
  };
  const exitCode = await runCli(argv, { ...io, stderr });
  await Promise.all(visits);
  return { exitCode, ...said() };
}

const login = (browser?: Browser) => forge(['login', '--no-browser'], browser);
const file = () => join(config, 'forge', 'sessions.json');
const session = () => JSON.parse(readFileSync(file(), 'utf8'))[provider.url];
/** Requests to a server of this machine take its token first; there is none in these homes. */
const list = () => forge(['presets', 'list', '--json']);

describe('forge login', () => {
  it('signs in, keeps the tokens for this person alone, and uses them', async () => {
    expect((await list()).exitCode).toBe(4);
    const { exitCode, stdout, stderr } = await login();
    expect({ exitCode, said: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, said: '' });
    expect(stdout).toContain(`Signed in at ${provider.url}`);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(join(config, 'forge')).mode & 0o077).toBe(0);
    expect(provider.grants).toEqual(['authorization_code']);
    expect((await list()).exitCode).toBe(0);
  });

  it('shows neither token nor verifier', async () => {
    const { stdout, stderr } = await login();
    const { accessToken, refreshToken } = session();
    expect(stdout + stderr).not.toContain(accessToken);
    expect(stdout + stderr).not.toContain(refreshToken);
    expect(stderr).toContain('code_challenge_method=S256');
    expect(stderr).not.toContain('verifier');
  });

  it('does not take an answer with another state, and takes the right one after it', async () => {
    const statuses: number[] = [];
    const { exitCode } = await login(async (address) => {
      const strange = await fetch(`${REDIRECT_URI}?code=stolen&state=guessed`);
      const elsewhere = await fetch(REDIRECT_URI.replace('/signed-in', '/other'));
      statuses.push(strange.status, elsewhere.status);
      await browse(address);
    });
    expect(statuses).toEqual([404, 404]);
    expect({ exitCode, grants: provider.grants }).toEqual({ exitCode: 0, grants: ['authorization_code'] });
  });

  it('does not take an answer that names another issuer', async () => {
    const { exitCode } = await login(async (address) => {
      const state = new URL(address).searchParams.get('state');
      const mixed = await fetch(`${REDIRECT_URI}?code=x&state=${state}&iss=https://other.example`);
      expect(mixed.status).toBe(404);
      await browse(address);
    });
    expect(exitCode).toBe(0);
  });

  it('says that the person was refused, with exit code 4, and writes nothing', async () => {
    provider.person = 'declines';
    const { exitCode, stderr } = await login();
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/Nobody was signed in: access_denied/);
    expect(existsSync(file())).toBe(false);
  });

  it('fails where a code of somebody else is slipped in: the proof does not fit', async () => {
    const { exitCode, stderr } = await login(async (address) => {
      const others = new URL(address);
      others.searchParams.set('code_challenge', createHash('sha256').update('theirs').digest('base64url'));
      await browse(others.href);
    });
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/The provider refuses: invalid_grant/);
    expect(existsSync(file())).toBe(false);
  });

  it.each([
    ['names nobody', { settings: {} }, 5, /names nobody to sign in with/],
    [
      'names an issuer without encryption',
      { settings: { issuer: 'http://far.example', clientId: 'x' } },
      7,
      /expected an https/,
    ],
    [
      'is answered by another issuer',
      { configuration: { issuer: 'https://other.example' } },
      7,
      /no OpenID configuration of its own/,
    ],
  ])('refuses a stage that %s', async (_, change, code, says) => {
    Object.assign(provider, change);
    const { exitCode, stderr } = await login();
    expect(exitCode).toBe(code);
    expect(stderr).toMatch(says);
    expect(provider.grants).toEqual([]);
  });

  it('sends no code to a token endpoint without encryption', async () => {
    provider.configuration = { ...provider.configuration, token_endpoint: 'http://far.example/token' };
    const { exitCode, stderr } = await login();
    expect(exitCode).toBe(7);
    expect(stderr).toMatch(/token endpoint is "http:\/\/far\.example\/token"/);
  });

  it('says so where the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(Number(new URL(REDIRECT_URI).port), '127.0.0.1', done));
    const { exitCode, stderr } = await login();
    await new Promise((done) => other.close(done));
    expect(exitCode).toBe(7);
    expect(stderr).toMatch(/Port 4506 cannot be listened on \(EADDRINUSE\)/);
  });

  it('stops waiting on Ctrl-C and when its time is over', async () => {
    const stop = new AbortController();
    const never: Browser = async () => stop.abort();
    const stopped = await forge(['login', '--no-browser'], never, { interrupted: stop.signal });
    expect(stopped.exitCode).toBe(130);
    const late = await forge(['login', '--no-browser', '--timeout', '0.5'], async () => undefined);
    expect(late.exitCode).toBe(3);
  });

  it('finds the site of a stage that was deployed from this checkout', async () => {
    const root = freshFolder();
    const of = { root, env: { FORGE_ENDPOINT: '' } };
    const before = await forge(['login', '--no-browser'], browse, of);
    expect(before.exitCode).toBe(2);
    expect(before.stderr).toMatch(/Stage dev was not deployed from here[\s\S]*--endpoint/);
    mkdirSync(join(root, 'dist'));
    const outputs = { 'Forge-dev-Api': { SiteUrl: provider.url } };
    writeFileSync(join(root, 'dist', 'stack-outputs.dev.json'), JSON.stringify(outputs));
    expect((await forge(['login', '--no-browser'], browse, of)).exitCode).toBe(0);
  });
});

describe('a session', () => {
  it('is renewed before its token ends, and kept', async () => {
    provider.lifetime = 1;
    await login();
    const first = session().accessToken;
    provider.lifetime = 3600;
    expect((await list()).exitCode).toBe(0);
    expect(provider.grants).toEqual(['authorization_code', 'refresh_token']);
    expect(session().accessToken).not.toBe(first);
    expect((await list()).exitCode).toBe(0);
    expect(provider.grants).toHaveLength(2);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('that the provider has ended asks for a new sign-in, with exit code 4', async () => {
    provider.lifetime = 1;
    await login();
    provider.endSessions();
    const { exitCode, stderr } = await list();
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/forge login/);
  });

  it('goes to its own endpoint only', async () => {
    await login();
    const other = await signInProvider(REDIRECT_URI);
    const { exitCode } = await forge(['presets', 'list', '--endpoint', other.url]);
    await other.close();
    expect(exitCode).toBe(4);
  });

  it('is ended by forge logout, here and at the provider', async () => {
    await login();
    const { refreshToken } = session();
    const { exitCode, stdout } = await forge(['logout']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `Signed out at ${provider.url}.\n` });
    expect(provider.revoked).toEqual([refreshToken]);
    expect(session()).toBeUndefined();
    expect((await forge(['logout'])).stdout).toContain('Nobody was signed in');
    expect((await list()).exitCode).toBe(4);
  });
});

describe('a proof', () => {
  it('is 43 characters of which the challenge is the SHA-256, another one each time', () => {
    const { verifier, challenge, state } = newProof();
    expect(verifier).toMatch(/^[\w-]{43}$/);
    expect(challenge).toBe(createHash('sha256').update(verifier).digest('base64url'));
    expect(newProof().state).not.toBe(state);
  });
});
