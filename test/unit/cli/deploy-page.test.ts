/** docs/deploy.md: commands that need an account are not run here; that they exist, with these flags, is. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { buildProgram } from '#cli/program.ts';
import { commandBlocks } from '../../e2e/doc-blocks.ts';
import { ROOT } from './cli-harness.ts';

jest.setTimeout(60_000);

const page = readFileSync(join(ROOT, 'docs/deploy.md'), 'utf8');
const typed = commandBlocks('docs/deploy.md', page).flatMap(({ commands }) =>
  commands.map(({ text }) => text),
);

const FORGE = [
  'npx forge infra cost',
  'npx forge infra cost --stage prod',
  'npx forge doctor --profile aws',
  'npx forge infra synth --config my-stage.json',
  'npx forge infra diff --config my-stage.json',
  'npx forge infra deploy --config my-stage.json',
  'npx forge login --stage dev',
  'npx forge corpora add ./my-texts --name mine --licence CC0-1.0',
  'npx forge runs create -f examples/own-text.yaml --watch --exit-status',
  'npx forge runs logs RUN_ID --follow',
  'npx forge runs report RUN_ID',
  'npx forge models list --run RUN_ID',
  'npx forge inbox send ./my-model --folder demo-mine --licence MIT',
  'npx forge inbox list',
  'npx forge runs list --status running',
  'npx forge infra destroy --config my-stage.json',
  'npx forge logout --stage dev',
];
/** Of the project and of the shell; npm's are looked up in package.json. */
const OWN = [
  'npm run setup',
  'export FORGE_ENDPOINT=https://d111111abcdef8.cloudfront.net',
  'npm run smoke:aws -- --dry-run',
  'npm run smoke:aws -- --email me@example.com',
];
/** Of the pinned CDK. */
const CDK = ['npx --no-install cdk bootstrap aws://123456789012/us-east-1'];
/** Of the AWS command line, which is no part of the project: they are only listed, nothing here tries them. */
const AWS = [
  'aws configure sso',
  'aws sso login',
  'aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-3819A6DF --desired-value 8 --region us-east-1',
  'aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-DB2E81BA --desired-value 8 --region us-east-1',
  'aws cognito-idp admin-create-user --user-pool-id us-east-1_EXAMPLE --username me@example.com',
  'aws cognito-idp admin-add-user-to-group --user-pool-id us-east-1_EXAMPLE --username me@example.com --group-name tenant:default:maintainer',
  'aws resourcegroupstaggingapi get-resources --tag-filters Key=forge-stage,Values=dev --region us-east-1',
  'aws logs describe-log-groups --log-group-name-prefix /aws/ --region us-east-1',
  'aws ssm describe-parameters --region us-east-1',
  'aws ec2 describe-instances --filters Name=tag:forge-stage,Values=dev Name=instance-state-name,Values=running --region us-east-1',
];

/** Parses without doing anything, and throws instead of ending the process. */
async function parse(line: string): Promise<boolean> {
  let reached = false;
  const program = buildProgram(async () => {
    reached = true;
  });
  const quiet = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: () => undefined });
    for (const inner of command.commands) quiet(inner);
  };
  quiet(program);
  await program.parseAsync(line.split(' ').slice(2), { from: 'user' });
  return reached;
}

describe('the commands of docs/deploy.md', () => {
  it('are these, each of them and no others', () => {
    expect([...typed].sort()).toEqual([...FORGE, ...OWN, ...CDK, ...AWS].sort());
  });

  it.each(FORGE)('%s is a verb with these flags', async (line) => {
    expect(await parse(line)).toBe(true);
  });

  it('would be noticed if a flag or a verb were gone', async () => {
    await expect(parse('npx forge infra deploy --gone')).rejects.toThrow(/unknown option/);
    await expect(parse('npx forge infra gone')).rejects.toThrow(/unknown command/);
  });

  it.each(OWN.filter((line) => line.startsWith('npm run')))('%s is a script of the project', (line) => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(scripts).toHaveProperty([line.split(' ')[2] ?? '']);
  });

  it('name a verb of the CDK that is installed', () => {
    const help = execFileSync(process.execPath, ['node_modules/aws-cdk/bin/cdk', 'bootstrap', '--help'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(help).toMatch(/cdk bootstrap \[ENVIRONMENTS/i);
  });
});

describe('whether it was ever run on AWS', () => {
  const sentence = /not run on aws/i;
  const recorded = existsSync(join(ROOT, 'evidence/aws-smoke/record.json'));

  it.each(['docs/deploy.md', 'README.md'])(
    'is said in %s exactly as long as there is no record of it',
    (path) => {
      expect(sentence.test(readFileSync(join(ROOT, path), 'utf8'))).toBe(!recorded);
    },
  );
});
