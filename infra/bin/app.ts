/**
 * What the CDK's command line runs.
 *
 *   npx cdk synth                       the stage of infra/config/dev.json
 *   npx cdk synth -c stage=prod         another one of that folder
 *   npx cdk synth -c config=FILE        any other file
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, Validations } from 'aws-cdk-lib';
import { readStageConfig } from '../config/read-stage-config.ts';
import { ForgeStage } from '../forge-stage.ts';
import { NagChecks } from '../nag-checks.ts';
import { checkoutAssets } from '../stage-assets.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const app = new App();
const stage: string = app.node.tryGetContext('stage') ?? 'dev';
const path: string = app.node.tryGetContext('config') ?? join(ROOT, 'infra', 'config', `${stage}.json`);

try {
  new ForgeStage(app, {
    config: readStageConfig(path),
    assets: checkoutAssets(ROOT),
    account: process.env.CDK_DEFAULT_ACCOUNT,
  });
  Validations.of(app).addPlugins(new NagChecks(app, { verbose: true }));
} catch (error) {
  // The message says what to correct; where it was thrown helps nobody who edits a configuration.
  if (!(error instanceof Error) || error.name !== 'StageConfigError') throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
