/** `forge phases …`, `forge presets …` */
import type { Command } from 'commander';
import type { Act } from './act.ts';

export function addCatalogueVerbs(program: Command, act: Act): void {
  const phases = program.command('phases').description('what each phase does, needs and promises');
  phases
    .command('list')
    .description('list the phases in their order')
    .action(() => act(async (context) => (await import('../commands/phases-list.ts')).listPhases(context)));
  phases
    .command('describe')
    .argument('<slug>', 'phase, for example cognate')
    .description('show stages, contracts, gates and settings of a phase')
    .action((slug) =>
      act(async (context) => (await import('../commands/phases-describe.ts')).describePhase(context, slug)),
    );
  const presets = program.command('presets').description('named settings that a run document can start from');
  presets
    .command('list')
    .description('list presets')
    .action(() => act(async (context) => (await import('../commands/presets-list.ts')).listPresets(context)));
  presets
    .command('get')
    .argument('<name>', 'preset')
    .description('show the settings of a preset')
    .action((name) =>
      act(async (context) => (await import('../commands/presets-get.ts')).getPreset(context, name)),
    );
}
