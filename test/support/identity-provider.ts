/** An OpenID provider on loopback: real keys, a real JWKS over HTTP, and tokens of every kind, honest or not. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';

export interface IdentityProvider {
  readonly issuer: string;
  readonly jwksUri: string;
  /** How often the keys were fetched. */
  fetches(): number;
  /** What the provider answers from now on instead of its keys; null: its keys. */
  answer(instead: { readonly status: number; readonly body: string; readonly afterMs?: number } | null): void;
  /** Adds a key under a new name and publishes it. */
  rotate(kid: string): Promise<CryptoKey>;
  readonly key: CryptoKey;
  /** The public key as text, as an attacker reads it. */
  readonly publicPem: string;
  close(): Promise<void>;
}

export async function identityProvider(): Promise<IdentityProvider> {
  const published: object[] = [];
  let fetches = 0;
  let instead: Parameters<IdentityProvider['answer']>[0] = null;
  const server = createServer((_request, response) => {
    fetches += 1;
    const {
      status,
      body,
      afterMs = 0,
    } = instead ?? { status: 200, body: JSON.stringify({ keys: published }) };
    const send = () => response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    if (afterMs > 0) setTimeout(send, afterMs).unref();
    else send();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const rotate = async (kid: string) => {
    const pair = await generateKeyPair('RS256');
    published.push({ ...(await exportJWK(pair.publicKey)), kid, alg: 'RS256', use: 'sig' });
    return pair;
  };
  const first = await rotate('first');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    jwksUri: `${issuer}/jwks.json`,
    fetches: () => fetches,
    answer(next) {
      instead = next;
    },
    rotate: async (kid) => (await rotate(kid)).privateKey,
    key: first.privateKey,
    publicPem: await exportSPKI(first.publicKey),
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** A signed token. */
export function signed(
  key: CryptoKey | Uint8Array,
  payload: Readonly<Record<string, unknown>>,
  header: { readonly alg?: string; readonly kid?: string } = {},
): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'first', ...header }).sign(key);
}

/** Header and payload without any signature. */
export function unsigned(payload: Readonly<Record<string, unknown>>, alg: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg, kid: 'first' })}.${part(payload)}.`;
}
