/** forge merge */
import type { Context } from '../context.ts';
import { parseYaml } from '../documents/parse-yaml.ts';
import { readDocumentText } from '../documents/read-file.ts';
import { CliError } from '../errors.ts';
import { counted, formatBytes, formatNumber, formatSeconds } from '../output/figures.ts';
import { runPython } from '../python/run-python.ts';

export interface MergeOptions {
  readonly out?: string;
  readonly model: readonly string[];
  readonly seed?: number;
  readonly shardSize?: number;
  readonly dryRun: boolean;
}

function checkOptions({ out, model, dryRun }: MergeOptions): void {
  if (out === undefined && !dryRun)
    throw new CliError('validation', 'There is no folder to write into.', {
      code: 'required',
      hint: 'Give --out DIR, or --dry-run to see what would be done.',
    });
  const unnamed = model.find((pair) => !/^[^=]+=./.test(pair));
  if (unnamed !== undefined)
    throw new CliError('validation', `--model is "${unnamed}"; expected NAME=DIR.`, {
      hint: 'For example: --model mistralai/Mistral-7B-v0.1=./mistral',
    });
}

function wordsOf({ out, model, seed, shardSize, dryRun }: MergeOptions, quiet: boolean): readonly string[] {
  return [
    ...(out === undefined ? [] : ['--out', out]),
    ...model.flatMap((pair) => ['--model', pair]),
    ...(seed === undefined ? [] : ['--seed', String(seed)]),
    ...(shardSize === undefined ? [] : ['--shard-bytes', String(shardSize)]),
    ...(dryRun ? ['--dry-run'] : []),
    ...(quiet ? ['--quiet'] : []),
  ];
}

function shown(result: Readonly<Record<string, unknown>>): string {
  const number = (key: string) => Number(result[key]);
  const what =
    `${String(result.method)}: ${counted(number('tensors'), 'tensor')}, ${counted(number('layers'), 'layer')}, ` +
    `${formatNumber(number('parameters'))} parameters, ${formatBytes(number('bytes'))}`;
  if (result.dryRun) return `${what}; at most ${formatBytes(number('peakBytes'))} of memory; nothing written`;
  return `${what} in ${formatSeconds(number('seconds'))}\n${String(result.out)}\nsha256 ${String(result.sha256)}`;
}

/** Merges model folders as a recipe says; needs no server. */
export async function mergeModels(context: Context, file: string, options: MergeOptions): Promise<number> {
  checkOptions(options);
  const { io, console, flags } = context;
  const source = parseYaml(await readDocumentText(io, file), file === '-' ? 'standard input' : file);
  const words = ['merge', '-', ...wordsOf(options, flags.quiet)];
  const input = JSON.stringify(source.value);
  const result = await runPython(context, { words, input, placeOf: source.placeOf });
  console.data(result, () => shown(result));
  return 0;
}
