/** A synthesised stage for assertions: without the CDK's own validation, which one test runs through the command line. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readStageConfig } from '#infra/config/read-stage-config.ts';
import type { StageConfig } from '#infra/config/stage-config.ts';
import { ForgeStage } from '#infra/forge-stage.ts';
import { PROJECT } from '#test/support/fixture-tree.ts';

process.env.CDK_VALIDATION = 'false';

const json = (path: string) => JSON.parse(readFileSync(join(PROJECT, path), 'utf8'));

export const devConfig = (): StageConfig => readStageConfig(join(PROJECT, 'infra/config/dev.json'));

export interface SynthesisedStage {
  readonly app: App;
  readonly stage: ForgeStage;
  templateOf(stack: Stack): Template;
}

/** The command line reads cdk.json and cdk.context.json; an app that is run without it has to be given both. */
export function synthesise(
  config: StageConfig = devConfig(),
  lookedUp: Readonly<Record<string, unknown>> = {},
): SynthesisedStage {
  const context = { ...lookedUp, ...json('cdk.json').context, ...json('cdk.context.json') };
  const app = new App({ context, analyticsReporting: false });
  const stage = new ForgeStage(app, { config });
  return { app, stage, templateOf: (stack) => Template.fromStack(stack) };
}
