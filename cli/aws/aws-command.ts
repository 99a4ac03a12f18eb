/** The AWS command line, asked for one fact at a time: it knows every way of signing in that its users know. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CliError, messageOf } from '../errors.ts';
import type { Io } from '../io.ts';

const LIMIT_SECONDS = 20;

const NO_CREDENTIALS =
  /Unable to locate credentials|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SSO session|Token has expired|could not be found/i;
const NOT_THERE =
  /ParameterNotFound|RepositoryNotFoundException|ImageNotFoundException|NoSuchResourceException/;
const REFUSED = /AccessDenied|UnauthorizedOperation|not authorized/i;

export const SIGN_IN = 'Sign in: aws configure sso, then aws sso login; or set AWS_PROFILE.';

/** What the command has said, sorted by what a person can do about it. */
function failureOf(error: unknown, said: string): CliError {
  if ((error as { code?: unknown }).code === 'ENOENT')
    return new CliError('dependency', 'There is no aws command.', {
      code: 'no_aws_command',
      hint: 'Install the AWS command line, version 2.',
      cause: error,
    });
  const last = said.trim().split('\n').at(-1) ?? '';
  if (NOT_THERE.test(said)) return new CliError('not_found', last, { cause: error });
  if (NO_CREDENTIALS.test(said))
    return new CliError('unauthenticated', `AWS does not know who asks: ${last}`, {
      code: 'no_credentials',
      hint: SIGN_IN,
      cause: error,
    });
  if (REFUSED.test(said))
    return new CliError('forbidden', last, { hint: 'Ask for the right that is named there.', cause: error });
  return new CliError('dependency', `AWS gave no answer: ${last || messageOf(error)}`, {
    hint: 'Check the credentials and the region: aws sts get-caller-identity',
    cause: error,
  });
}

/**
 * @param argv service, operation and options, as `['sts', 'get-caller-identity']`
 * @returns what it prints, as text
 * @throws CliError `unauthenticated`, `forbidden`, `not_found`, or `dependency` where there is no answer or no such command
 */
export async function askAws(
  io: Io,
  argv: readonly string[],
  region?: string,
  output: 'text' | 'json' = 'text',
): Promise<string> {
  const place = region === undefined ? [] : ['--region', region];
  const options = { timeout: LIMIT_SECONDS * 1000, env: { ...io.env, AWS_PAGER: '' } };
  try {
    const { stdout } = await promisify(execFile)('aws', [...argv, ...place, '--output', output], options);
    return stdout.trim();
  } catch (error) {
    throw failureOf(error, String((error as { stderr?: unknown }).stderr ?? ''));
  }
}
