/** `forge models archive|restore|quarantine|promote|delete|metadata|import|diff` */
import type { Command } from 'commander';
import type { Act } from './act.ts';
import { namedParent, RELATIONS } from './option-values.ts';

const REFERENCE = 'model: id, name, name@3, name@latest or an alias such as name@best';

const CHANGES = {
  archive: 'take a model out of use; its files stay',
  restore: 'bring a model back that was archived, quarantined or deleted',
  quarantine: 'refuse a model to every run until it is restored',
} as const;

function addChanges(models: Command, act: Act): void {
  for (const change of ['archive', 'restore', 'quarantine'] as const) {
    models
      .command(change)
      .argument('<ref>', REFERENCE)
      .description(CHANGES[change])
      .requiredOption('--reason <text>', 'why, kept with the model')
      .action((ref, options) =>
        act(async (context) =>
          (await import('../commands/models-change.ts')).changeModel(context, change, ref, options),
        ),
      );
  }
  models
    .command('promote')
    .argument('<ref>', REFERENCE)
    .description('verify a model and point an alias of its name at it')
    .requiredOption('--alias <alias>', 'such as best or production; latest is worked out and cannot be set')
    .action((ref, options) =>
      act(async (context) =>
        (await import('../commands/models-promote.ts')).promoteModel(context, ref, options),
      ),
    );
  models
    .command('delete')
    .argument('<ref>', REFERENCE)
    .description('delete a model; for seven days it can be restored')
    .option('--reason <text>', 'why, kept with the model')
    .option('--yes', 'do not ask', false)
    .action((ref, options) =>
      act(async (context) =>
        (await import('../commands/models-delete.ts')).deleteModel(context, ref, options),
      ),
    );
}

export function addModelLifeVerbs(models: Command, act: Act): void {
  models
    .command('metadata')
    .argument('<ref>', REFERENCE)
    .description('print identity, lineage, figures, licences and how to make it again, as one JSON document')
    .action((ref) =>
      act(async (context) => (await import('../commands/models-metadata.ts')).showMetadata(context, ref)),
    );
  models
    .command('diff')
    .argument('<left>', REFERENCE)
    .argument('<right>', 'the model to compare it with')
    .description('show what differs between two models: architecture, properties, settings, files, figures')
    .action((left, right) =>
      act(async (context) => (await import('../commands/models-diff.ts')).diffModels(context, left, right)),
    );
  models
    .command('import')
    .argument('<dir>', 'folder with model.safetensors, config.json and tokenizer.json')
    .description('check a model from elsewhere and register it')
    .option('--name <name>', 'name of the model (default: the name of the folder)')
    .option('--licence <text>', 'SPDX expression or short text: what the model may be used for')
    .option(
      '--parent <ref:relation[:weight]>',
      `a registered model that it was made from, such as base@1:continued-from; may stand several times (${RELATIONS.join(', ')})`,
      namedParent,
      [],
    )
    .action((dir, options) =>
      act(async (context) =>
        (await import('../commands/models-import.ts')).importModel(context, dir, options),
      ),
    );
  addChanges(models, act);
}
