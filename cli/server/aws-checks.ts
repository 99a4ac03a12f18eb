/** What runs on AWS need: credentials, a region, a quota of GPUs. Names are shown, values never. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../errors.ts';
import type { Io } from '../io.ts';
import { type Check, fail, ok, warn } from './check.ts';

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;
/** vCPUs of GPU instances, by the codes of the Service Quotas service. */
const QUOTAS = { 'on demand': 'L-DB2E81BA', Spot: 'L-3819A6DF' } as const;
const QUOTA_SECONDS = 20;
const QUOTA_PAGE = 'Ask for one in the console: Service Quotas, Amazon EC2, "G and VT instances".';

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

async function quotaOf(io: Io, code: string): Promise<number> {
  const region = regionOf(io);
  const argv = ['service-quotas', 'get-service-quota', '--service-code', 'ec2', '--quota-code', code];
  const output = ['--query', 'Quota.Value', '--output', 'text', ...(region ? ['--region', region] : [])];
  const options = { timeout: QUOTA_SECONDS * 1000, env: { ...io.env } };
  const { stdout } = await promisify(execFile)('aws', [...argv, ...output], options);
  const value = Number(stdout.trim());
  if (stdout.trim() === '' || Number.isNaN(value)) throw new Error(`the quota is "${stdout.trim()}"`);
  return value;
}

async function checkGpuQuota(io: Io): Promise<Check> {
  const name = 'aws gpu quota';
  try {
    const kinds = Object.entries(QUOTAS);
    const values = await Promise.all(kinds.map(([, code]) => quotaOf(io, code)));
    const found = kinds.map(([kind], position) => `${values[position]} vCPUs ${kind}`).join(', ');
    return values.some((value) => value > 0) ? ok(name, found) : fail(name, found, QUOTA_PAGE);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT')
      return warn(
        name,
        'not checked: there is no aws command',
        'Install the AWS CLI, or look it up in the console.',
      );
    const said = messageOf(error).trim().split('\n').at(-1) ?? '';
    return fail(
      name,
      `not to be had: ${said}`,
      'Check the credentials and the region: aws sts get-caller-identity',
    );
  }
}

export async function awsChecks(io: Io): Promise<readonly Check[]> {
  const credentials = checkCredentials(io);
  const region = checkRegion(io);
  // Asking without credentials would only say so again.
  return [credentials, region, ...(credentials.status === 'ok' ? [await checkGpuQuota(io)] : [])];
}
