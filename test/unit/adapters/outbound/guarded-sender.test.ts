/** The guard in front of every request to an address that a user named, against a real HTTPS server and resolvers of ours. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { allowedAddress, type OutboundRules } from '#adapters/outbound/allowed-address.ts';
import { guardedSender } from '#adapters/outbound/guarded-sender.ts';
import { isPublicAddress } from '#adapters/outbound/public-address.ts';
import { toForgeError } from '#core/domain/errors.ts';
import { type SecureServer, secureServer, TEST_AUTHORITY } from '#test/support/secure-server.ts';

const PUBLIC = '93.184.215.14';
const resolvesTo =
  (...addresses: string[]) =>
  async () =>
    addresses;
const rules: OutboundRules = { resolve: resolvesTo(PUBLIC), ownHosts: () => ['forge.example'] };

async function refusal(url: string, given: OutboundRules = rules) {
  const error = await allowedAddress(url, given).then(
    () => null,
    (thrown: unknown) => toForgeError(thrown),
  );
  return (
    error && { kind: error.kind, code: error.code, said: JSON.stringify(error.problems) + error.message }
  );
}

describe('rows 48 and 49: an address that may not be called', () => {
  it.each([
    ['the metadata service', 'https://169.254.169.254/latest/meta-data'],
    ['plain HTTP', 'http://hooks.example/'],
    ['HTTP to the metadata service', 'http://169.254.169.254/'],
    ['loopback', 'https://127.0.0.1/'],
    ['loopback of IPv6', 'https://[::1]/'],
    ['loopback in hexadecimal', 'https://0x7f000001/'],
    ['loopback in decimal', 'https://2130706433/'],
    ['loopback in octal', 'https://0177.0.0.1/'],
    ['loopback with parts left out', 'https://127.1/'],
    ['loopback in full-width digits', 'https://１２７.0.0.1/'],
    ['an IPv4 address mapped into IPv6', 'https://[::ffff:127.0.0.1]/'],
    ['the metadata service mapped into IPv6', 'https://[::ffff:a9fe:a9fe]/'],
    ['an IPv4 address translated into IPv6', 'https://[64:ff9b::a00:1]/'],
    ['a tunnel to a private address', 'https://[2002:a00:1::]/'],
    ['the unspecified address', 'https://0.0.0.0/'],
    ['a private address', 'https://10.0.0.1/'],
    ['another private address', 'https://172.16.9.1/'],
    ['a third private address', 'https://192.168.1.1/'],
    ['carrier-grade NAT', 'https://100.64.0.1/'],
    ['multicast', 'https://224.0.0.1/'],
    ['multicast of IPv6', 'https://[ff02::1]/'],
    ['a unique local address', 'https://[fd00::1]/'],
    ['a link-local address of IPv6', 'https://[fe80::1]/'],
    ['a public address in decimal', 'https://1572395022/'],
    ['a file', 'file:///etc/passwd'],
    ['gopher', 'gopher://hooks.example/'],
    ['data', 'data:text/plain,x'],
    ['a user name', 'https://user@hooks.example/'],
    ['a user name that looks like a host', 'https://hooks.example@127.0.0.1/'],
    ['port 22', 'https://hooks.example:22/'],
    ['port 80', 'https://hooks.example:80/'],
    ['this API', 'https://forge.example/v1/runs'],
    ['this API in capitals, with a dot', 'https://FORGE.example./v1/runs'],
    ['a backslash', 'https:\\\\hooks.example/'],
    ['a line feed', 'https://hooks.exa\nmple/'],
    ['nothing', ''],
    ['no address', 'hooks.example'],
    ['a very long one', `https://hooks.example/${'x'.repeat(2100)}`],
  ])('is %s', async (_, url) => {
    const found = await refusal(url);
    expect(found).toMatchObject({ kind: 'validation', code: 'url_not_allowed' });
    expect(found?.said).not.toContain('169.254');
    expect(found?.said).not.toContain('hooks.example');
  });

  it.each([
    ['a private address', ['10.1.2.3']],
    ['a public address and a private one', [PUBLIC, '127.0.0.1']],
    ['the metadata service', ['169.254.169.254']],
    ['its own machine by IPv6', ['::1']],
    ['a mapped address', ['::ffff:10.0.0.1']],
    ['nothing', []],
    ['what is no address', ['elsewhere.example']],
  ])('is a name that stands for %s', async (_, addresses) => {
    const given = { resolve: resolvesTo(...addresses) };
    expect(await refusal('https://hooks.example/', given)).toMatchObject({ code: 'url_not_allowed' });
  });

  it('is a name that nobody can resolve, in the same words as every other', async () => {
    const resolve = () => Promise.reject(new Error('ENOTFOUND hooks.example'));
    const unknown = await refusal('https://hooks.example/', { resolve });
    expect(unknown).toEqual(await refusal('https://10.0.0.1/'));
  });
});

describe('an address that may be called', () => {
  it.each(['https://hooks.example', 'https://hooks.example:8443/x?y=1', `https://${PUBLIC}/`])(
    'is %s',
    async (url) => {
      expect((await allowedAddress(url, rules)).addresses).toEqual([PUBLIC]);
    },
  );

  it('is a public address of IPv6, and of the others none', () => {
    expect(isPublicAddress('2606:4700:4700::1111')).toBe(true);
    expect(['2001:db8::1', '::', '100::1', '3fff::1', 'fec0::1', 'x'].some(isPublicAddress)).toBe(false);
  });

  it('is plain HTTP to this machine only where that was asked for, and never the port of this API', async () => {
    const loopback = { exceptPorts: () => [4505] };
    expect((await allowedAddress('http://127.0.0.1:9000/', { loopback })).addresses).toEqual(['127.0.0.1']);
    for (const url of [
      'http://127.0.0.1:4505/',
      'http://127.0.0.1:22/',
      'http://127.0.0.1/',
      'http://10.0.0.1:9000/',
    ])
      expect(await refusal(url, { loopback })).toMatchObject({ code: 'url_not_allowed' });
    const named = { loopback, resolve: resolvesTo('127.0.0.1', '10.0.0.1') };
    expect(await refusal('http://both.example:9000/', named)).not.toBeNull();
  });
});

describe('a request', () => {
  let https: SecureServer;
  let http: Server;
  let inside: number;
  let seen: { url: string | undefined; host: string | undefined; body: string }[];
  const connected: string[] = [];

  beforeAll(async () => {
    https = await secureServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      seen.push({ url: request.url, host: request.headers.host, body });
      if (request.url === '/silent') return;
      if (request.url === '/endless') {
        response.writeHead(200);
        const pour = () => {
          if (!response.destroyed && response.write('x'.repeat(65_536))) setImmediate(pour);
        };
        response.on('drain', pour);
        pour();
        return;
      }
      const moved = request.url === '/moved' ? { location: `http://127.0.0.1:${inside}/secret` } : {};
      response.writeHead(request.url === '/moved' ? 302 : 204, moved).end();
    });
    http = createServer((_, response) => {
      seen.push({ url: 'inside', host: '', body: '' });
      response.end();
    });
    await new Promise<void>((done) => {
      http.listen(0, '127.0.0.1', done);
    });
    inside = (http.address() as AddressInfo).port;
  });
  beforeEach(() => {
    seen = [];
    connected.length = 0;
  });
  afterAll(async () => {
    await https.close();
    http.close();
  });

  const sender = (options = {}) =>
    guardedSender({
      resolve: resolvesTo(PUBLIC),
      certificates: TEST_AUTHORITY,
      route: (address) => {
        connected.push(address);
        return { address: '127.0.0.1', port: https.port };
      },
      ...options,
    });
  const post = (url: string, options = {}) =>
    sender(options).post({ url, headers: { a: 'b' }, body: 'text' });

  it('goes to the address that was checked, under the name and with the path that were given', async () => {
    expect(await post('https://hooks.example/in?x=1')).toBe(204);
    expect(connected).toEqual([PUBLIC]);
    expect(seen).toEqual([{ url: '/in?x=1', host: 'hooks.example', body: 'text' }]);
  });

  it('row 48: asks once and connects to that answer, so that a name which changes its mind leads nowhere', async () => {
    const answers = [[PUBLIC], ['169.254.169.254'], ['127.0.0.1']];
    let asked = 0;
    const resolve = async () => answers[Math.min(asked++, 2)] ?? [];
    const rebinding = sender({ resolve });
    expect(await rebinding.post({ url: 'https://hooks.example/', headers: {}, body: '' })).toBe(204);
    expect([asked, connected]).toEqual([1, [PUBLIC]]);
    const later = rebinding.post({ url: 'https://hooks.example/', headers: {}, body: '' });
    await expect(later).rejects.toMatchObject({ code: 'url_not_allowed' });
    expect([seen.length, connected.length]).toEqual([1, 1]);
  });

  it('is refused by a certificate for another name, although the address is right', async () => {
    await expect(post('https://other.example/')).rejects.toMatchObject({ kind: 'dependency' });
    expect(seen).toEqual([]);
  });

  it('is refused where nobody vouches for the certificate', async () => {
    const trusting = { certificates: undefined };
    await expect(post('https://hooks.example/', trusting)).rejects.toMatchObject({ kind: 'dependency' });
  });

  it('row 48: follows no redirect', async () => {
    expect(await post('https://hooks.example/moved')).toBe(302);
    expect(seen.map(({ url }) => url)).toEqual(['/moved']);
  });

  it('reads nothing of an answer without an end', async () => {
    expect(await post('https://hooks.example/endless')).toBe(200);
  });

  it('gives up on who does not answer', async () => {
    const silent = post('https://hooks.example/silent', { timeoutMs: 200 });
    await expect(silent).rejects.toMatchObject({ kind: 'dependency', code: 'unreachable' });
  });

  it('tries the next address of a name when the first one takes no connection', async () => {
    const closed = await secureServer(() => undefined);
    await closed.close();
    const route = (address: string) => {
      connected.push(address);
      return { address: '127.0.0.1', port: connected.length === 1 ? closed.port : https.port };
    };
    const resolve = resolvesTo(PUBLIC, '93.184.215.15');
    expect(await post('https://hooks.example/', { resolve, route })).toBe(204);
    expect(connected).toEqual([PUBLIC, '93.184.215.15']);
  });
});
