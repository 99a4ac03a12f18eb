/** Facts of an account that a deployment rests on. */
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';
import { askAws, SIGN_IN } from './aws-command.ts';

/** Least version of the bootstrap stack that the templates ask for (aws-cdk-lib, MIN_BOOTSTRAP_STACK_VERSION). */
export const BOOTSTRAP_VERSION = 6;
const BOOTSTRAP_PARAMETER = '/cdk-bootstrap/hnb659fds/version';

/** The 12 digits of the account that the credentials belong to. */
export async function callersAccount(io: Io, region: string): Promise<string> {
  const said = await askAws(io, ['sts', 'get-caller-identity', '--query', 'Account'], region);
  if (/^\d{12}$/.test(said)) return said;
  throw new CliError('unauthenticated', `AWS names "${said}" as the account; expected 12 digits.`, {
    hint: SIGN_IN,
  });
}

export const bootstrapCommand = (account: string, region: string): string =>
  `npx --no-install cdk bootstrap aws://${account}/${region}`;

/** Version of what `cdk bootstrap` has made; null where it never ran. */
export async function bootstrapVersion(io: Io, region: string): Promise<number | null> {
  const argv = ['ssm', 'get-parameter', '--name', BOOTSTRAP_PARAMETER, '--query', 'Parameter.Value'];
  try {
    return Number(await askAws(io, argv, region));
  } catch (error) {
    if (error instanceof CliError && error.kind === 'not_found') return null;
    throw error;
  }
}

/** Whether the repository of the bootstrap holds an image under this tag. */
export async function isImagePushed(
  io: Io,
  { account, region, tag }: { readonly account: string; readonly region: string; readonly tag: string },
): Promise<boolean> {
  const repository = `cdk-hnb659fds-container-assets-${account}-${region}`;
  const argv = ['ecr', 'describe-images', '--repository-name', repository, '--image-ids', `imageTag=${tag}`];
  try {
    return (await askAws(io, [...argv, '--query', 'imageDetails[0].imageDigest'], region)).startsWith(
      'sha256:',
    );
  } catch (error) {
    if (error instanceof CliError && error.kind === 'not_found') return false;
    throw error;
  }
}
