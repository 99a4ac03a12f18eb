/** A synthesised stage for assertions: without the CDK's own validation, which one test runs through the command line. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readStageConfig } from '#infra/config/read-stage-config.ts';
import type { StageConfig } from '#infra/config/stage-config.ts';
import { ForgeStage } from '#infra/forge-stage.ts';
import type { StageAssets } from '#infra/stage-assets.ts';
import { PROJECT, removeFixtures } from '#test/support/fixture-tree.ts';
import { fixtureAssets } from './fixture-assets.ts';

process.env.CDK_VALIDATION = 'false';

const made: string[] = [];

const json = (path: string) => JSON.parse(readFileSync(join(PROJECT, path), 'utf8'));

export const devConfig = (): StageConfig => readStageConfig(join(PROJECT, 'infra/config/dev.json'));

export interface SynthesisedStage {
  readonly app: App;
  readonly stage: ForgeStage;
  templateOf(stack: Stack): Template;
}

export interface StageChoice {
  readonly config?: Partial<StageConfig>;
  /** Answers of look-ups, beside those of cdk.context.json. */
  readonly lookedUp?: Readonly<Record<string, unknown>>;
  readonly assets?: StageAssets;
}

/** The command line reads cdk.json and cdk.context.json; an app that is run without it has to be given both. */
export function synthesise(choice: StageChoice = {}): SynthesisedStage {
  const context = { ...choice.lookedUp, ...json('cdk.json').context, ...json('cdk.context.json') };
  const outdir = mkdtempSync(join(tmpdir(), 'forge-cdk-'));
  made.push(outdir);
  const app = new App({ context, outdir, analyticsReporting: false });
  const config = { ...devConfig(), ...choice.config };
  const stage = new ForgeStage(app, { config, assets: choice.assets ?? fixtureAssets() });
  return { app, stage, templateOf: (stack) => Template.fromStack(stack) };
}

afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
  removeFixtures();
});
