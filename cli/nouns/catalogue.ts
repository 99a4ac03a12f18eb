/** `forge phases …`, `forge claims …`, `forge presets …` */
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
  addClaimVerbs(program, act);
  addPresetVerbs(program, act);
}

function addClaimVerbs(program: Command, act: Act): void {
  const claims = program.command('claims').description('what was claimed, and what the records say to it');
  claims
    .command('list')
    .description('list the inherited claims with their verdicts')
    .action(() => act(async (context) => (await import('../commands/claims-list.ts')).listClaims(context)));
  claims
    .command('get')
    .argument('<id>', 'claim, for example ternary-size-8.2')
    .description('show every reading of a claim, its records and how to make them again')
    .action((id) =>
      act(async (context) => (await import('../commands/claims-get.ts')).getClaim(context, id)),
    );
}

function addPresetVerbs(program: Command, act: Act): void {
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
  presets
    .command('save')
    .argument(
      '<file>',
      'YAML or JSON with "config" and, if wanted, "name" and "description"; - reads standard input',
    )
    .description('keep settings under a name, or change the ones that are kept')
    .option('--name <name>', 'name of the preset (default: "name" in the file)')
    .action((file, options) =>
      act(async (context) =>
        (await import('../commands/presets-save.ts')).savePreset(context, file, options),
      ),
    );
  presets
    .command('delete')
    .argument('<name>', 'preset of your own')
    .description('delete a preset; runs that used it keep their settings')
    .option('--yes', 'do not ask', false)
    .action((name, options) =>
      act(async (context) =>
        (await import('../commands/presets-delete.ts')).deletePreset(context, name, options),
      ),
    );
}
