/** From a file to a checked preset; every problem with its place in the file. */
import * as z from 'zod';
import { phaseSettings } from '#contracts/source/phases/settings.ts';
import { parseDocument } from '#contracts/source/problems.ts';
import { name } from '#contracts/source/scalars.ts';
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';
import { placed } from './load-run-document.ts';
import { parseYaml } from './parse-yaml.ts';
import { readDocumentText } from './read-file.ts';

/** What `forge presets save` reads; as much as `forge presets get` prints. */
const presetDocument = z.strictObject({
  name,
  description: z.string().max(500).optional(),
  config: phaseSettings,
});

export interface LoadedPreset {
  readonly document: z.output<typeof presetDocument>;
  placeOf(pointer: string): string;
}

export async function loadPresetDocument(io: Io, file: string, given?: string): Promise<LoadedPreset> {
  const source = parseYaml(await readDocumentText(io, file), file === '-' ? 'standard input' : file);
  const isMap = typeof source.value === 'object' && source.value !== null && !Array.isArray(source.value);
  const value = isMap && given !== undefined ? { ...source.value, name: given } : source.value;
  const parsed = parseDocument(presetDocument, value);
  if (parsed.ok) return { document: parsed.value, placeOf: source.placeOf };
  const unnamed = parsed.problems.some(({ pointer, code }) => pointer === '/name' && code === 'required');
  throw new CliError('validation', `${file} is not a valid preset.`, {
    code: parsed.problems[0]?.code,
    problems: placed(parsed.problems, source.placeOf),
    hint: unnamed
      ? 'Name it with --name NAME, or with "name" in the file.'
      : 'A preset has "config" as in a run document; phase settings: forge phases describe SLUG',
  });
}
