/** What runs on AWS need: credentials, a region, and what the account has there. Names are shown, values never. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Io } from '../io.ts';
import { accountChecks } from './account-checks.ts';
import { type Check, fail, ok } from './check.ts';

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

const folderOf = ({ env }: Io): string => join(env.HOME ?? homedir(), '.aws');

function credentialSource(io: Io): string | null {
  const { env } = io;
  if (env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY) return 'AWS_ACCESS_KEY_ID in the environment';
  if (env.AWS_WEB_IDENTITY_TOKEN_FILE) return 'AWS_WEB_IDENTITY_TOKEN_FILE';
  if (env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI || env.AWS_CONTAINER_CREDENTIALS_FULL_URI)
    return 'the container this runs in';
  const file = ['credentials', 'config']
    .map((name) => join(folderOf(io), name))
    .find((path) => existsSync(path));
  return file ? `${file}, profile ${env.AWS_PROFILE ?? 'default'}` : null;
}

function checkCredentials(io: Io): Check {
  const source = credentialSource(io);
  return source
    ? ok('aws credentials', source)
    : fail('aws credentials', 'none', 'Run: aws configure sso, or set AWS_PROFILE.');
}

/** The region of the profile in ~/.aws/config. */
function regionInFile(io: Io): string | undefined {
  const path = join(folderOf(io), 'config');
  if (!existsSync(path)) return undefined;
  const profile = io.env.AWS_PROFILE ?? 'default';
  const title = profile === 'default' ? '[default]' : `[profile ${profile}]`;
  const [, section = ''] = `\n${readFileSync(path, 'utf8')}`.split(`\n${title}`);
  return /^\s*region\s*=\s*(\S+)/m.exec(section.split('\n[')[0] ?? '')?.[1];
}

const regionOf = (io: Io): string | undefined =>
  io.env.AWS_REGION ?? io.env.AWS_DEFAULT_REGION ?? regionInFile(io);

function checkRegion(io: Io): Check {
  const region = regionOf(io);
  const fix = 'Set AWS_REGION, for example: export AWS_REGION=eu-central-1';
  if (region === undefined) return fail('aws region', 'none', fix);
  return REGION.test(region) ? ok('aws region', region) : fail('aws region', `"${region}" is no region`, fix);
}

/** Of the account: what a deployment and its GPU machines need. */
export async function awsChecks(io: Io): Promise<readonly Check[]> {
  const credentials = checkCredentials(io);
  const region = checkRegion(io);
  const place = regionOf(io);
  // Asking without credentials, or nowhere, would only say so again.
  if (credentials.status !== 'ok' || region.status !== 'ok' || place === undefined)
    return [credentials, region];
  return [credentials, region, ...(await accountChecks(io, place))];
}
