/** `forge infra …` */
import type { Command } from 'commander';
import type { Act } from './act.ts';

const ofStage = (command: Command): Command =>
  command
    .option('--stage <name>', 'stage of infra/config (default: dev)')
    .option('--config <file>', 'any other configuration of a stage');

const asking = (command: Command): Command => ofStage(command).option('--yes', 'do not ask', false);

export function addInfraVerbs(program: Command, act: Act): void {
  const infra = program.command('infra').description('what runs this in an AWS account of yours');
  ofStage(
    infra.command('synth').description('write the templates; needs neither account nor network'),
  ).action((options) =>
    act(async (context) => (await import('../commands/infra.ts')).synthesise(context, options)),
  );
  ofStage(infra.command('diff').description('show what a deployment would change')).action((options) =>
    act(async (context) => (await import('../commands/infra.ts')).showDifference(context, options)),
  );
  asking(infra.command('deploy').description('create or change a stage, after asking')).action((options) =>
    act(async (context) => (await import('../commands/infra.ts')).deploy(context, options)),
  );
  asking(infra.command('destroy').description('remove a stage with all its data, after asking')).action(
    (options) => act(async (context) => (await import('../commands/infra.ts')).destroy(context, options)),
  );
  ofStage(
    infra.command('cost').description('what a stage costs while idle, and what two runs would cost on it'),
  ).action((options) =>
    act(async (context) => (await import('../commands/infra.ts')).showCosts(context, options)),
  );
}
