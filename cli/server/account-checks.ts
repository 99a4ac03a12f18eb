/** What an account has in a region: who asks, the bootstrap, quotas of GPU machines, the container image. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BOOTSTRAP_VERSION,
  bootstrapCommand,
  bootstrapVersion,
  callersAccount,
  isImagePushed,
} from '../aws/account.ts';
import { askAws } from '../aws/aws-command.ts';
import { CliError, messageOf } from '../errors.ts';
import type { Io } from '../io.ts';
import { type Check, fail, ok, warn } from './check.ts';

/**
 * vCPUs of G and VT instances, by the codes of the Service Quotas service. AWS documents the names ("All G and VT Spot
 * Instance Requests", "Running On-Demand G and VT instances"; EC2 User Guide, Spot Instance quotas); the codes are those
 * that `aws service-quotas list-service-quotas --service-code ec2` gives.
 */
const QUOTAS = { Spot: 'L-3819A6DF', 'on demand': 'L-DB2E81BA' } as const;
type Kind = keyof typeof QUOTAS;

/** vCPUs of the smallest GPU machine of infra/config, and of two of them. */
const LEAST_VCPUS = 4;
const DESIRED_VCPUS = 8;

const raiseCommand = (kind: Kind, region: string): string =>
  `aws service-quotas request-service-quota-increase --service-code ec2 --quota-code ${QUOTAS[kind]} ` +
  `--desired-value ${DESIRED_VCPUS} --region ${region}`;

/** A question that could not be answered is a failure of its own, in the words of who refused it. */
async function asked(name: string, question: () => Promise<Check>): Promise<Check> {
  try {
    return await question();
  } catch (error) {
    const hint = (error instanceof CliError && error.hint) || 'Run it again with --debug.';
    if (error instanceof CliError && error.code === 'no_aws_command')
      return warn(name, 'not checked: there is no aws command', hint);
    return fail(name, `not to be had: ${messageOf(error)}`, hint);
  }
}

async function quotaOf(io: Io, kind: Kind, region: string): Promise<number> {
  const argv = ['service-quotas', 'get-service-quota', '--service-code', 'ec2'];
  const said = await askAws(io, [...argv, '--quota-code', QUOTAS[kind], '--query', 'Quota.Value'], region);
  const value = Number(said);
  if (said !== '' && Number.isFinite(value)) return value;
  throw new CliError('dependency', `the quota is "${said}"; expected a number.`);
}

const checkQuota = (io: Io, kind: Kind, region: string): Promise<Check> =>
  asked(`aws gpu quota, ${kind}`, async () => {
    const vcpus = await quotaOf(io, kind, region);
    const name = `aws gpu quota, ${kind}`;
    const found = `${vcpus} vCPUs of G and VT machines`;
    if (vcpus >= LEAST_VCPUS) return ok(name, found);
    const fix = `A machine takes ${LEAST_VCPUS} or more: ${raiseCommand(kind, region)}`;
    // Jobs go to Spot machines first and to on-demand ones where there is no Spot capacity.
    return kind === 'Spot' ? fail(name, found, fix) : warn(name, found, fix);
  });

const checkBootstrap = (io: Io, account: string, region: string): Promise<Check> =>
  asked('aws bootstrap', async () => {
    const version = await bootstrapVersion(io, region);
    const fix = `Once per account and region: ${bootstrapCommand(account, region)}`;
    if (version === null) return fail('aws bootstrap', `none in ${region}`, fix);
    if (version >= BOOTSTRAP_VERSION) return ok('aws bootstrap', `version ${version}`);
    return fail('aws bootstrap', `version ${version}; expected ${BOOTSTRAP_VERSION} or newer`, fix);
  });

interface AssetManifest {
  readonly dockerImages?: Readonly<
    Record<string, { readonly destinations: Readonly<Record<string, { readonly imageTag: string }>> }>
  >;
}

/** Tags of the images that the last synthesised templates name; null where nothing has been synthesised. */
function imageTags(root: string | null): readonly string[] | null {
  const folder = join(root ?? '', 'dist', 'cdk.out');
  if (root === null || !existsSync(folder)) return null;
  const tags = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.assets.json'))
    .flatMap((name) => {
      const { dockerImages = {} } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as AssetManifest;
      return Object.values(dockerImages).flatMap(({ destinations }) => Object.values(destinations));
    })
    .map(({ imageTag }) => imageTag);
  return [...new Set(tags)];
}

const checkImage = (io: Io, account: string, region: string): Promise<Check> =>
  asked('aws image', async () => {
    const tags = imageTags(io.root);
    if (tags === null || tags.length === 0)
      return warn('aws image', 'not checked: no templates in dist/cdk.out', 'Run: forge infra synth');
    const pushed = await Promise.all(tags.map((tag) => isImagePushed(io, { account, region, tag })));
    const missing = pushed.filter((there) => !there).length;
    if (missing === 0) return ok('aws image', `${tags.length} pushed`);
    return warn(
      'aws image',
      `${missing} of ${tags.length} not pushed`,
      'Deploying builds and pushes them: forge infra deploy',
    );
  });

export async function accountChecks(io: Io, region: string): Promise<readonly Check[]> {
  let account = '';
  const identity = await asked('aws account', async () => {
    account = await callersAccount(io, region);
    return ok('aws account', account);
  });
  if (account === '') return [identity];
  return [
    identity,
    ...(await Promise.all([
      checkBootstrap(io, account, region),
      checkQuota(io, 'Spot', region),
      checkQuota(io, 'on demand', region),
      checkImage(io, account, region),
    ])),
  ];
}
