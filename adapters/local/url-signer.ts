/** Short-lived addresses of the embedded blob store: what S3's presigned URLs are on AWS. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { ForgeError } from '#core/domain/errors.ts';

export interface SignedUrl {
  readonly url: string;
  readonly expiresAt: string;
}

export interface UrlSigner {
  /** @param bound what the request must match besides method and key, e.g. its length and hash. */
  sign(
    method: 'GET' | 'PUT',
    key: string,
    bound: Readonly<Record<string, string>>,
    seconds: number,
  ): SignedUrl;
  /** Throws `forbidden` unless the query carries a signature of this signer that has not expired. */
  verify(method: string, key: string, query: Readonly<Record<string, string>>): void;
}

export function urlSigner(baseUrl: () => string, secret: string, now: () => Date): UrlSigner {
  const signatureOf = (method: string, key: string, query: Readonly<Record<string, string>>) => {
    const sorted = Object.entries(query).sort(([left], [right]) => (left < right ? -1 : 1));
    return createHmac('sha256', secret)
      .update(JSON.stringify([method, key, sorted]))
      .digest('hex');
  };
  return {
    sign(method, key, bound, seconds) {
      const expiresAt = new Date(now().getTime() + seconds * 1000).toISOString();
      const query = { ...bound, expires: expiresAt };
      const search = new URLSearchParams({ ...query, signature: signatureOf(method, key, query) });
      return { url: `${baseUrl()}/blobs/${key}?${search}`, expiresAt };
    },
    verify(method, key, { signature = '', ...query }) {
      const expected = Buffer.from(signatureOf(method, key, query));
      const given = Buffer.from(signature);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
        throw new ForgeError('forbidden', 'The address is not signed by this server.', {
          code: 'bad_signature',
        });
      }
      if ((query.expires ?? '') <= now().toISOString()) {
        throw new ForgeError('forbidden', `The address expired at ${query.expires}.`, {
          code: 'expired',
          hint: 'Ask for a new one.',
        });
      }
    },
  };
}
