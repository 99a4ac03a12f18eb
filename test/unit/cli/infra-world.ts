/** A checkout with a recording program in the place of the CDK, and a PATH with programs that answer as they are told. */
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freshFolder, ROOT } from './cli-harness.ts';

const ACCOUNT = '123456789012';

/** Answers of the `aws` command by service; a line of shell each. */
export type AwsAnswers = Readonly<
  Partial<Record<'sts' | 'ssm' | 'service-quotas' | 'ecr' | 'cloudformation' | 's3api', string>>
>;

export const WELL: AwsAnswers = {
  sts: `echo ${ACCOUNT}`,
  ssm: 'echo 21',
  'service-quotas': 'echo 8.0',
  ecr: 'echo sha256:abc',
  cloudformation: 'echo',
  s3api: 'echo null',
};

/** A folder of programs; the log holds every call of `aws` and `docker`. */
export function programs(answers: AwsAnswers = WELL, docker: string | null = 'exit 0') {
  const folder = freshFolder();
  const log = join(folder, 'calls.log');
  const cases = Object.entries(answers).map(([service, line]) => `${service}) ${line} ;;`);
  const program = (name: string, body: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >> "${log}"\n${body}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  program('aws', `case "$1" in\n${cases.join('\n')}\n*) echo "no answer for $1" >&2; exit 255 ;;\nesac`);
  if (docker !== null) program('docker', docker);
  const calls = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
  return { PATH: folder, calls };
}

const PACKAGE = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly devDependencies: Readonly<Record<string, string>>;
};
export const PINNED = PACKAGE.devDependencies['aws-cdk'] ?? '';

const RECORDER = `
const { appendFileSync } = require('node:fs');
const { AWS_REGION, AWS_EC2_METADATA_DISABLED, CDK_DISABLE_CLI_TELEMETRY } = process.env;
appendFileSync(__dirname + '/calls', JSON.stringify({ argv: process.argv.slice(2), cwd: process.cwd(), env: { AWS_REGION, AWS_EC2_METADATA_DISABLED, CDK_DISABLE_CLI_TELEMETRY } }) + '\\n');
process.stderr.write('cdk was here\\n');
`;

export interface CdkCall {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A checkout whose infra/ is the real one. */
export function checkout({ version = PINNED, exitCode = 0 } = {}) {
  const root = freshFolder();
  writeFileSync(join(root, 'package.json'), JSON.stringify({ devDependencies: PACKAGE.devDependencies }));
  const bin = join(root, 'node_modules', 'aws-cdk', 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'cdk'), `${RECORDER}process.exitCode = ${exitCode};\n`);
  writeFileSync(join(root, 'node_modules', 'aws-cdk', 'package.json'), JSON.stringify({ version }));
  symlinkSync(join(ROOT, 'node_modules', 'tsx'), join(root, 'node_modules', 'tsx'));
  symlinkSync(join(ROOT, 'infra'), join(root, 'infra'));
  const calls = (): CdkCall[] =>
    existsSync(join(bin, 'calls'))
      ? readFileSync(join(bin, 'calls'), 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as CdkCall)
      : [];
  return { root, calls };
}
