/** What has to be so before anything of an account is touched; the first that is not so ends the command. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BOOTSTRAP_VERSION, bootstrapCommand, bootstrapVersion, callersAccount } from '../aws/account.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import type { StageCosts } from './stage-costs.ts';

const ENGINE_SECONDS = 30;

/** @throws CliError `unauthenticated` without credentials, `conflict` where they belong to another account */
export async function checkAccount(
  { io }: Context,
  { account, region, config }: StageCosts,
): Promise<string> {
  const callers = await callersAccount(io, region);
  if (account === null || account === callers) return callers;
  throw new CliError('conflict', `The credentials are of account ${callers}; ${config} names ${account}.`, {
    code: 'other_account',
    hint: 'Set AWS_PROFILE to a profile of that account, or correct the configuration.',
  });
}

/** @throws CliError `dependency` where the account was never prepared for the CDK, or too long ago */
export async function checkBootstrap({ io }: Context, account: string, region: string): Promise<void> {
  const version = await bootstrapVersion(io, region);
  if (version !== null && version >= BOOTSTRAP_VERSION) return;
  const found = version === null ? 'is not bootstrapped' : `has a bootstrap of version ${version}`;
  throw new CliError(
    'dependency',
    `Account ${account} ${found} in ${region}; expected version ${BOOTSTRAP_VERSION} or newer.`,
    { code: 'no_bootstrap', hint: `Once per account and region: ${bootstrapCommand(account, region)}` },
  );
}

/** @throws CliError `dependency` where no engine can build the container image */
export async function checkDocker({ io }: Context): Promise<void> {
  const docker = io.env.CDK_DOCKER ?? 'docker';
  try {
    await promisify(execFile)(docker, ['info'], { timeout: ENGINE_SECONDS * 1000, env: { ...io.env } });
  } catch (error) {
    throw new CliError('dependency', `${docker} info failed; the container image is built with it.`, {
      code: 'no_docker',
      hint: 'Start Docker, or set CDK_DOCKER to podman or finch.',
      cause: error,
    });
  }
}
