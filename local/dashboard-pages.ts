/** The built dashboard over HTTP: what the site's bucket and CloudFront are on AWS, with the same headers. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Hono, type MiddlewareHandler } from 'hono';
import { ForgeError } from '#core/domain/errors.ts';
import { problemResponse } from '#functions/shared/http-errors.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

/** No script, style or frame but the pages' own, and no call to anybody else. */
export const CONTENT_SECURITY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};

/** A file of the build: names of letters, digits, dots and dashes, none of them hidden. */
const PLAIN_PATH = /^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/;

/** Everything under /v1, /api and /blobs is the API's; the rest belongs to the pages. */
export const isPage = (method: string, pathname: string): boolean =>
  (method === 'GET' || method === 'HEAD') && !/^\/(v1|api|blobs)(\/|$)/.test(pathname);

export interface DashboardPages {
  /** Where the build lies. */
  readonly folder: string;
  readonly guard: MiddlewareHandler;
  readonly onFault: (what: string, error: unknown) => void;
}

/** A file below assets/ has its hash in its name; every other one is asked for anew. */
const cacheControl = (name: string): string =>
  name.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';

function requireBuild(folder: string): void {
  if (existsSync(join(folder, 'index.html'))) return;
  throw new ForgeError('not_found', 'The dashboard is not built on this machine.', {
    code: 'no_dashboard',
    hint: 'Run: npm run build',
  });
}

async function fileOf(folder: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    if (PLAIN_PATH.test(name)) return new Uint8Array(await readFile(join(folder, name)));
  } catch {
    // Not there: answered like a name that could not be.
  }
  throw new ForgeError('not_found', `There is no ${name.slice(0, 80)}.`, { code: 'no_such_file' });
}

/** A page's own path is none of a file: the dashboard finds its way from index.html. */
const nameOf = (pathname: string): string => (extname(pathname) === '' ? '/index.html' : pathname);

export function dashboardPages({ folder, guard, onFault }: DashboardPages): Hono {
  const app = new Hono();
  app.use(guard);
  // On AWS it names the sign-in of the stage; here the token of the home opens the server.
  app.get('/settings.json', (context) => context.json({}, 200, { ...HEADERS, 'cache-control': 'no-cache' }));
  app.get('*', async (context) => {
    requireBuild(folder);
    const name = nameOf(context.req.path);
    const body = await fileOf(folder, name);
    const type = TYPES[extname(name)] ?? 'application/octet-stream';
    return context.body(body, 200, { ...HEADERS, 'content-type': type, 'cache-control': cacheControl(name) });
  });
  app.onError((thrown, context) =>
    problemResponse(thrown, context, crypto.randomUUID(), (error) => onFault('dashboard', error)),
  );
  return app;
}
