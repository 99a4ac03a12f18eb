/** Where a bucket is reached. */

export interface S3Address {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
}

/** Percent-encoded as a signature wants it: all but letters, digits and `-._~`. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);

const partition = (region: string): string =>
  region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';

/**
 * A host name per bucket; below the path where the store has an address of its own, or where the bucket's name has dots,
 * which no certificate covers.
 *
 * @param key of an object; '' for the bucket itself
 */
export function s3Address(bucket: string, key: string, region: string, endpoint?: string): S3Address {
  const path = `/${key.split('/').map(encoded).join('/')}`;
  const host = `s3.${region}.${partition(region)}`;
  if (endpoint === undefined && !bucket.includes('.'))
    return { protocol: 'https:', hostname: `${bucket}.${host}`, path };
  const { protocol, hostname, port, pathname } = new URL(endpoint ?? `https://${host}`);
  return {
    protocol,
    hostname,
    ...(port ? { port: Number(port) } : {}),
    path: `${pathname.replace(/\/$/, '')}/${encoded(bucket)}${path === '/' ? '' : path}`,
  };
}

/** The host as the header names it. */
export const hostOf = ({ hostname, port }: S3Address): string =>
  port === undefined ? hostname : `${hostname}:${port}`;

/** The whole address. */
export function urlOf(address: S3Address, query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
  return `${address.protocol}//${hostOf(address)}${address.path}?${pairs.join('&')}`;
}
