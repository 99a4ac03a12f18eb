/**
 * Which addresses a user may have us call (OWASP API7, server-side request forgery).
 *
 * The text is judged first, then every address that its name stands for; the answer names the one to connect to, so that
 * a name which means something else a moment later leads nowhere.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { ForgeError } from '#core/domain/errors.ts';
import { isLoopbackAddress, isPublicAddress } from './public-address.ts';

export interface OutboundRules {
  /** Host names under which this API itself is reached. @default none */
  readonly ownHosts?: () => readonly string[];
  /** Plain HTTP to this machine, for trying webhooks out; never to the ports that are named here. @default refused */
  readonly loopback?: { readonly exceptPorts: () => readonly number[] };
  /** @default the system's */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

export interface AllowedAddress {
  readonly url: URL;
  /** All of them may be called. At least one. */
  readonly addresses: readonly string[];
}

const HTTPS_PORTS: readonly string[] = ['', '443', '8443'];
const MAX_LENGTH = 2048;
/** Below it stand services of the machine. */
const FIRST_FREE_PORT = 1024;

/** One answer to every reason: it must not tell what there is inside the network. */
function notAllowed(): ForgeError {
  return new ForgeError('validation', 'The address is not one that may be called from here.', {
    code: 'url_not_allowed',
    hint: 'Give an https:// address of a public host, on port 443 or 8443, without user name or password.',
    problems: [{ pointer: '/url', code: 'url_not_allowed', message: 'not an address that may be called' }],
  });
}

async function resolveBySystem(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, order: 'ipv4first' });
  return found.map(({ address }) => address);
}

/** Null for what a parser would have to guess at: control characters, backslashes, odd spellings of IP addresses. */
function parse(text: string): URL | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused.
  if (text.length > MAX_LENGTH || /[\u0000-\u0020\u007f\\]/.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.hostname === '') return null;
  const written = /^[a-z]+:\/\/([^/?#]*)/i.exec(text)?.[1]?.replace(/:\d*$/, '').toLowerCase();
  if (isIP(bare(url.hostname)) !== 0 && written !== url.hostname) return null;
  return url;
}

/** Without the brackets of IPv6. */
const bare = (host: string): string => host.replace(/^\[|\]$/g, '');

function mayBeLoopback({ protocol, port }: URL, { loopback }: OutboundRules): boolean {
  if (!loopback || (protocol !== 'http:' && protocol !== 'https:')) return false;
  return Number(port) >= FIRST_FREE_PORT && !loopback.exceptPorts().includes(Number(port));
}

function isOwn({ hostname }: URL, { ownHosts }: OutboundRules): boolean {
  const host = hostname.replace(/\.$/, '');
  return (ownHosts?.() ?? []).some((own) => own.toLowerCase() === host);
}

/** @throws ForgeError `validation` with code `url_not_allowed` */
export async function allowedAddress(text: string, rules: OutboundRules): Promise<AllowedAddress> {
  const url = parse(text);
  if (!url || isOwn(url, rules)) throw notAllowed();
  const host = bare(url.hostname);
  const resolve = rules.resolve ?? resolveBySystem;
  const addresses = isIP(host) === 0 ? await resolve(host).catch(() => []) : [host];
  const isHttps = url.protocol === 'https:' && HTTPS_PORTS.includes(url.port);
  const wanted = [
    ...(isHttps ? [isPublicAddress] : []),
    ...(mayBeLoopback(url, rules) ? [isLoopbackAddress] : []),
  ];
  const allowed = addresses.every((address) => wanted.some((may) => may(address)));
  if (addresses.length === 0 || !allowed) throw notAllowed();
  return { url, addresses };
}
