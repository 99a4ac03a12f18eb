/** The CDK's command line, in exactly the version that the project was tested with. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { nodeProblem } from '../server/node-version.ts';
import { type ChildEnd, runInProject } from './child.ts';

const SET_UP = 'Run in the project folder: npm run setup';

/** Nothing is reported or looked up beside what was asked for. */
const SILENT = { CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_DISABLE_VERSION_CHECK: 'true' };

/** @throws CliError `dependency` outside of a checkout */
export function projectFolder({ io: { root } }: Context): string {
  if (root !== null && existsSync(join(root, 'infra'))) return root;
  throw new CliError('dependency', 'There is no project folder with infra/ around this program.', {
    code: 'no_checkout',
    hint: 'Deployments are made from a checkout: run npx forge there.',
  });
}

const versionIn = (path: string): string =>
  (JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string }).version;

/** @throws CliError `dependency` where another version than the pinned one is installed, or none, or Node is too old */
export function cdkProgram(root: string, node = process.versions.node): string {
  const problem = nodeProblem(node);
  if (problem) throw new CliError('dependency', problem.found, { code: 'wrong_node', hint: problem.fix });
  const folder = join(root, 'node_modules', 'aws-cdk');
  const facts = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const pinned = facts.devDependencies['aws-cdk'];
  const found = existsSync(join(folder, 'package.json'))
    ? versionIn(join(folder, 'package.json'))
    : 'not installed';
  if (found === pinned) return join(folder, 'bin', 'cdk');
  throw new CliError('dependency', `aws-cdk is ${found}; expected ${pinned}, exactly.`, {
    code: 'wrong_cdk',
    hint: SET_UP,
  });
}

export interface CdkCall {
  readonly argv: readonly string[];
  readonly region: string;
  /** Nobody is asked for credentials: templates need none. */
  readonly offline?: boolean;
}

/** Runs one verb of the CDK in the project, showing what it says. */
export function runCdk(
  context: Context,
  root: string,
  { argv, region, offline }: CdkCall,
): Promise<ChildEnd> {
  const env = {
    ...SILENT,
    ...(offline ? { AWS_EC2_METADATA_DISABLED: 'true' } : { AWS_REGION: region }),
  };
  return runInProject(context, {
    argv: [cdkProgram(root), '--no-notices', ...argv],
    root,
    env,
    shown: true,
  });
}
