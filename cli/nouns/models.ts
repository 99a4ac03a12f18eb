/** `forge models …` */
import { type Command, Option } from 'commander';
import type { ModelStatus } from '../client/records.ts';
import type { Act } from './act.ts';
import { addModelLifeVerbs } from './model-life.ts';
import { atLeast, wholeNumber } from './option-values.ts';
import { SLUGS } from './phase-choices.ts';

/** Every status that the API knows: one that is missing here does not compile. */
const STATUSES = Object.keys({
  active: true,
  archived: true,
  quarantined: true,
  deleted: true,
} satisfies Record<ModelStatus, true>);
const REFERENCE = 'model: id, name, name@3, name@latest or an alias such as name@best';

function addList(models: Command, act: Act): void {
  models
    .command('list')
    .description('list models, newest first')
    .option('--name <name>', 'only versions of this name')
    .option('--run <id>', 'only models of this run')
    .addOption(new Option('--phase <slug>', 'only models of this phase').choices(SLUGS))
    .addOption(new Option('--status <status>', 'only models of this status').choices(STATUSES))
    .option('--parent <id>', 'only children of this model')
    .option('--limit <n>', 'most rows', wholeNumber(1), 50)
    .action((options) =>
      act(async (context) => (await import('../commands/models-list.ts')).listModels(context, options)),
    );
}

function addExport(models: Command, act: Act): void {
  models
    .command('export')
    .argument('<ref>', REFERENCE)
    .addOption(
      new Option('--to <form>', 'what other programs load')
        .choices(['hf', 'gguf', 'onnx', 'safetensors'])
        .makeOptionMandatory(),
    )
    .requiredOption('--out <dir>', 'folder to make; it must not exist, or be empty')
    .option('--corpus <file>', 'NDJSON with a text per line, to measure on what the export loses')
    .option('--leave-out <list>', 'what may be lost where a form cannot carry it: memory,thought,act')
    .description('write a model as Hugging Face folders, GGUF, ONNX or the files as registered')
    .action((ref, options) =>
      act(async (context) =>
        (await import('../commands/models-export.ts')).exportModel(context, ref, options),
      ),
    );
}

function addServe(models: Command, act: Act): void {
  models
    .command('serve')
    .argument('<ref>', REFERENCE)
    .option('--port <port>', 'port on loopback; 0 takes a free one', wholeNumber(0), 0)
    .option('--onnx <dir>', 'graph of this model, as forge models export --to onnx wrote it')
    .description('answer questions to a deployed model on this machine, as /v1/completions')
    .action((ref, options) =>
      act(async (context) => (await import('../commands/models-serve.ts')).serveModel(context, ref, options)),
    );
}

function addTry(models: Command, act: Act): void {
  models
    .command('try')
    .argument('<ref>', REFERENCE)
    .requiredOption('--prompt <text>', 'what the model goes on from')
    .option('--max-tokens <n>', 'most tokens to say (64)', wholeNumber(1))
    .option('--temperature <t>', '0 takes the likeliest token (0.8)', atLeast(0))
    .option('--seed <n>', 'of what is drawn (0)', wholeNumber(0))
    .option('--onnx <dir>', 'graph of this model, as forge models export --to onnx wrote it')
    .description('ask a deployed model one question on this machine')
    .action((ref, options) =>
      act(async (context) => (await import('../commands/models-try.ts')).tryModel(context, ref, options)),
    );
}

export function addModelsVerbs(program: Command, act: Act): void {
  const models = program
    .command('models')
    .description('look at registered models, bring in others, take them out of use');
  addList(models, act);
  models
    .command('get')
    .argument('<ref>', REFERENCE)
    .description('show one model')
    .action((ref) =>
      act(async (context) => (await import('../commands/models-get.ts')).getModel(context, ref)),
    );
  models
    .command('lineage')
    .argument('<ref>', REFERENCE)
    .description('show where a model came from and what was made of it')
    .addOption(
      new Option('--format <format>', 'how to draw it')
        .choices(['tree', 'json', 'dot', 'mermaid'])
        .default('tree'),
    )
    .action((ref, options) =>
      act(async (context) =>
        (await import('../commands/models-lineage.ts')).showLineage(context, ref, options),
      ),
    );
  models
    .command('convert')
    .argument('<file>', 'a .pt, .pth or .bin file')
    .requiredOption('--out <dir>', 'folder to make')
    .description('make safetensors of a pickle, in a process without network; runs nothing that is in it')
    .action((file, options) =>
      act(async (context) =>
        (await import('../commands/models-convert.ts')).convertModel(context, file, options),
      ),
    );
  addExport(models, act);
  addServe(models, act);
  addTry(models, act);
  models
    .command('verify')
    .argument('<ref>', REFERENCE)
    .description('read every file back and compare its hash with the record; exit code 8 on a difference')
    .action((ref) =>
      act(async (context) => (await import('../commands/models-verify.ts')).verifyModel(context, ref)),
    );
  addModelLifeVerbs(models, act);
}
