#!/usr/bin/env node
/**
 * npm run synth: the CloudFormation templates of a stage, without an account, a network or Docker.
 *
 *   npm run synth                          the stage dev, into dist/cdk.out
 *   npm run synth -- -c stage=prod         another stage of infra/config
 *   npm run synth -- -c config=FILE        any other file
 *
 * Checks on the way: the CDK's own validation and cdk-nag's AwsSolutions, whose findings end it with an error.
 */
import { inProject } from './project.mjs';
import { runCommand } from './run-command.mjs';
import { runMain, setUp } from './setup.mjs';

const LIMIT_SECONDS = 10 * 60;

/** Nothing is looked up, reported or fetched while templates are made. */
const OFFLINE = {
  AWS_EC2_METADATA_DISABLED: 'true',
  CDK_DISABLE_CLI_TELEMETRY: 'true',
};

await runMain(async (args) => {
  await setUp();
  const cdk = [process.execPath, inProject('node_modules/aws-cdk/bin/cdk'), 'synth', '--quiet', ...args];
  const { exitCode } = await runCommand(cdk, {
    cwd: inProject('.'),
    env: OFFLINE,
    live: process.stderr,
    limitSeconds: LIMIT_SECONDS,
  });
  return exitCode;
});
