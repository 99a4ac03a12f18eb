/** forge infra synth | diff | deploy | destroy | cost */
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { projectFolder, runCdk } from '../infra/cdk.ts';
import { checkAccount, checkBootstrap, checkDocker } from '../infra/deployment-checks.ts';
import { outputsFile } from '../infra/stack-outputs.ts';
import { emptyBuckets } from '../infra/stage-buckets.ts';
import { type StageChoice, type StageCosts, stageCosts, stageCostText } from '../infra/stage-costs.ts';

export interface ChangeOptions extends StageChoice {
  readonly yes: boolean;
}

/** What the CDK ends with where something could not be done. */
const EXIT_FAILED = 1;
const TEMPLATES = join('dist', 'cdk.out');

const chosen = ({ config }: StageCosts): readonly string[] => ['-c', `config=${config}`];
/** All stacks of the stage and none of another. */
const stacksOf = ({ stage }: StageCosts): string => `Forge-${stage}/**`;
const usd = (value: number): string => `$${value.toFixed(2)}`;

function ended({ console }: Context, verb: string, exitCode: number): number {
  if (exitCode === 0) return 0;
  console.warn(`cdk ${verb} ended with ${exitCode}; what it said is above.`);
  return EXIT_FAILED;
}

export async function showCosts(context: Context, choice: StageChoice): Promise<number> {
  const root = projectFolder(context);
  if (context.flags.json) context.console.data(await stageCosts(context, root, choice), () => '');
  else context.console.text(await stageCostText(context, root, choice));
  return 0;
}

/** Templates need neither account nor network. */
export async function synthesise(context: Context, choice: StageChoice): Promise<number> {
  const root = projectFolder(context);
  const costs = await stageCosts(context, root, choice);
  const argv = ['synth', '--quiet', ...chosen(costs)];
  const { exitCode } = await runCdk(context, root, { argv, region: costs.region, offline: true });
  const templates = join(root, TEMPLATES);
  if (exitCode === 0)
    context.console.data(
      { stage: costs.stage, templates },
      () => `Templates of ${costs.stage}: ${templates}`,
    );
  return ended(context, 'synth', exitCode);
}

export async function showDifference(context: Context, choice: StageChoice): Promise<number> {
  const root = projectFolder(context);
  const costs = await stageCosts(context, root, choice);
  const account = await checkAccount(context, costs);
  const argv = ['diff', stacksOf(costs), ...chosen(costs)];
  const { exitCode } = await runCdk(context, root, { argv, region: costs.region });
  context.console.note(`Compared with account ${account} in ${costs.region}; nothing was changed.`);
  return ended(context, 'diff', exitCode);
}

/** What is about to happen, and the stage's name typed by who wants it; `--yes` stands for that. */
async function agree(
  { io, console }: Context,
  costs: StageCosts,
  { account, what, yes }: { readonly account: string; readonly what: string; readonly yes: boolean },
): Promise<void> {
  const { stage, region, idle, prices } = costs;
  console.warn(`${what}: stage ${stage}, account ${account}, region ${region}.`);
  console.warn(
    `Idle it costs about ${usd(idle.usdPerMonth)} a month (prices of ${prices.asOf}, ${prices.ageDays} days old): forge infra cost`,
  );
  if (yes) return;
  const answer = await io.ask(`Type the name of the stage to go on: `);
  if (answer === null)
    throw new CliError('validation', 'Nobody can be asked here: this is no terminal.', {
      code: 'confirmation_needed',
      hint: 'Say so on the command line: --yes',
    });
  if (answer.trim() !== stage)
    throw new CliError('cancelled', `"${answer.trim()}" is not "${stage}": nothing was changed.`, {
      code: 'declined',
    });
}

export async function deploy(context: Context, { yes, ...choice }: ChangeOptions): Promise<number> {
  const root = projectFolder(context);
  const costs = await stageCosts(context, root, choice);
  const account = await checkAccount(context, costs);
  await checkBootstrap(context, account, costs.region);
  await checkDocker(context);
  await agree(context, costs, { account, what: 'Deploys', yes });
  const outputs = outputsFile(root, costs.stage);
  // Who typed the stage's name has agreed; the differences are shown by `forge infra diff`.
  const argv = ['deploy', stacksOf(costs), ...chosen(costs), '--require-approval', 'never'];
  const { exitCode } = await runCdk(context, root, {
    argv: [...argv, '--outputs-file', outputs],
    region: costs.region,
  });
  if (exitCode === 0)
    context.console.data({ stage: costs.stage, account, region: costs.region, outputs }, () =>
      [`${costs.stage} is deployed; its addresses: ${outputs}`, 'Sign in with: forge login'].join('\n'),
    );
  return ended(context, 'deploy', exitCode);
}

export async function destroy(context: Context, { yes, ...choice }: ChangeOptions): Promise<number> {
  const root = projectFolder(context);
  const costs = await stageCosts(context, root, choice);
  const account = await checkAccount(context, costs);
  if (costs.protectData)
    throw new CliError(
      'conflict',
      `The data of ${costs.stage} are protected: its runs and models outlive it.`,
      {
        code: 'protected_data',
        hint: `Set protectData to false in ${costs.config} and deploy that first.`,
      },
    );
  await agree(context, costs, { account, what: 'DESTROYS every stack, runs and models included', yes });
  await emptyBuckets(context, costs);
  const argv = ['destroy', stacksOf(costs), ...chosen(costs), '--force'];
  const { exitCode } = await runCdk(context, root, { argv, region: costs.region });
  if (exitCode === 0)
    context.console.data(
      { stage: costs.stage, account, region: costs.region, destroyed: true },
      () => `${costs.stage} is destroyed. What may be left is listed in docs/deploy.md.`,
    );
  return ended(context, 'destroy', exitCode);
}
