/** From a file to a checked run document; every problem with its place in the file. */
import presets from '#contracts/presets.json' with { type: 'json' };
import { PHASE_SLUGS } from '#contracts/source/phase-slugs.ts';
import { defaultSettings, SETTINGS } from '#contracts/source/phases/settings.ts';
import { type DocumentProblem, parseDocument } from '#contracts/source/problems.ts';
import { type RunDocument, runDocument } from '#contracts/source/run-document.ts';
import type { RunDocumentBody } from '../client/records.ts';
import { CliError, type PlacedProblem } from '../errors.ts';
import type { Io } from '../io.ts';
import { applyOverrides, type Override, parseOverride } from './override-values.ts';
import { parseYaml, type YamlSource } from './parse-yaml.ts';
import { readDocumentText } from './read-file.ts';

export interface LoadedDocument {
  readonly file: string;
  /** As written, with the overrides: what is submitted. */
  readonly value: RunDocumentBody;
  readonly document: RunDocument;
  /** `file:line:col` of what a pointer names; the `--set` that gave it, where one did. */
  placeOf(pointer: string): string;
}

type PresetConfig = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

/** Settings that only together are wrong. Presets that are kept on a server are unknown here: those it checks itself. */
function settingProblems(document: RunDocument): readonly DocumentProblem[] {
  const preset = presets.presets.find((each) => each.name === document.preset);
  if (document.preset !== undefined && !preset) return [];
  return PHASE_SLUGS.filter((slug) => document.config[slug]).flatMap((slug) => {
    const inherited = (preset?.config as PresetConfig | undefined)?.[slug];
    const complete = { ...defaultSettings(slug), ...inherited, ...document.config[slug] };
    const parsed = parseDocument(SETTINGS[slug], complete);
    if (parsed.ok) return [];
    return parsed.problems.map((problem) => ({ ...problem, pointer: `/config/${slug}${problem.pointer}` }));
  });
}

function placer(source: YamlSource, overrides: readonly Override[]): (pointer: string) => string {
  return (pointer) => {
    const given = overrides.findLast(
      (override) => pointer === override.pointer || pointer.startsWith(`${override.pointer}/`),
    );
    return given?.text ?? source.placeOf(pointer);
  };
}

/** Gives problems that name a pointer their place. */
export function placed(
  problems: readonly PlacedProblem[],
  placeOf: (pointer: string) => string,
): readonly PlacedProblem[] {
  return problems.map((problem) =>
    problem.place ? problem : { ...problem, place: placeOf(problem.pointer) },
  );
}

/** Throws `validation` with all problems of the document at once. */
export async function loadRunDocument(
  io: Io,
  file: string,
  sets: readonly string[] = [],
): Promise<LoadedDocument> {
  const source = parseYaml(await readDocumentText(io, file), file === '-' ? 'standard input' : file);
  const overrides = sets.map(parseOverride);
  const value = applyOverrides(source.value, overrides);
  const placeOf = placer(source, overrides);
  const parsed = parseDocument(runDocument, value);
  const problems = parsed.ok ? settingProblems(parsed.value) : parsed.problems;
  if (parsed.ok && problems.length === 0)
    return { file, value: value as RunDocumentBody, document: parsed.value, placeOf };
  throw new CliError('validation', `${file} is not a valid run document.`, {
    code: problems[0]?.code,
    problems: placed(problems, placeOf),
    hint: 'The schema is contracts/schemas/run.schema.json; phase settings: forge phases describe SLUG',
  });
}

/** Runs a request about the document; problems that the server finds get their place in the file. */
export async function withPlaces<Answer>(
  { placeOf }: Pick<LoadedDocument, 'placeOf'>,
  request: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof CliError) || error.problems.length === 0) throw error;
    const { kind, message, code, hint, requestId, cause } = error;
    throw new CliError(kind, message, {
      code,
      hint,
      requestId,
      cause,
      problems: placed(error.problems, placeOf),
    });
  }
}
