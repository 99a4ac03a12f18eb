/** Run documents to start from, made of the catalogue, so that they always fit this release. */
import { stringify } from 'yaml';
import catalogue from '#contracts/phases.json' with { type: 'json' };
import { renderSchemas } from '#contracts/source/json-schema.ts';
import { PHASE_SLUGS, type PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { defaultSettings } from '#contracts/source/phases/settings.ts';
import { DEMO_CORPUS } from '../corpus/demo-corpus.ts';

export type Template = 'tiny' | 'full';

/** The phases of this release that can follow each other from nothing on. */
function runnablePhases(): readonly PhaseSlug[] {
  const missing = catalogue.phases.findIndex((phase) => !phase.available);
  return PHASE_SLUGS.slice(0, missing < 0 ? undefined : missing);
}

type Fields = Readonly<Record<string, { readonly description?: string }>>;

interface SettingsSchema {
  readonly properties?: Fields;
  readonly $defs?: Readonly<Record<string, SettingsSchema>>;
}

/** Fields of the schema itself and of those that it refers to. */
function fieldsOf({ properties, $defs = {} }: SettingsSchema): Fields {
  return Object.assign({}, properties, ...Object.values($defs).map(fieldsOf)) as Fields;
}

/** One line per setting: its default, and what it means. */
function settingLines(slug: PhaseSlug): readonly string[] {
  const schema = JSON.parse(renderSchemas().get(`phases/${slug}.schema.json`) ?? '{}') as SettingsSchema;
  const fields = fieldsOf(schema);
  const settings = Object.entries(defaultSettings(slug));
  if (settings.length === 0) return [`  ${slug}: {}`];
  return [
    `  ${slug}:`,
    ...settings.map(([key, value]) => {
      const meaning = fields[key]?.description;
      // A list stands on its line, as JSON, which is YAML as well: what it means could not follow several lines.
      const line = Array.isArray(value)
        ? `${key}: ${JSON.stringify(value)}`
        : stringify({ [key]: value }).trimEnd();
      return `    ${line}${meaning ? ` # ${meaning}` : ''}`;
    }),
  ];
}

const gates = [
  '# Bounds on what was measured, beside those that each phase brings; `fail` ends the run where `report` only says so.',
  'gates:',
  '  - phase: cognate',
  '    metric: base/bits_per_byte',
  '    op: <',
  '    bound: 4',
  '    onFailure: report',
  '# Free words, shown and searchable.',
  'labels:',
  '  purpose: first-try',
];

/** @param name of the run, as the contract wants it */
export function runTemplate(template: Template, name: string): string {
  const phases = template === 'tiny' ? runnablePhases().slice(0, 1) : runnablePhases();
  const full = [
    "# Every setting with its default; what is left out takes it, and with a preset the preset's.",
    'config:',
    ...phases.flatMap(settingLines),
    ...gates,
  ];
  const tiny = [
    '# Seconds per model; for real ones take `demo`, or see `forge presets list`.',
    'preset: test',
  ];
  return `${[
    'apiVersion: forge/v1',
    'kind: Run',
    `name: ${name}`,
    '# In order, without gaps; `forge phases list` says which there are.',
    `phases: [${phases.join(', ')}]`,
    ...(template === 'tiny' ? tiny : []),
    'input:',
    '  # Text to learn from: `forge demo` registers this one, `forge corpora add DIR` your own.',
    `  corpus: ${DEMO_CORPUS.name}`,
    '# The same seed, code and machine give the same weights, bit for bit.',
    'seed: 1',
    ...(template === 'full' ? full : []),
  ].join('\n')}\n`;
}
