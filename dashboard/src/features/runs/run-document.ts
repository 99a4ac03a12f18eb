/** What the form holds, and the run document that it means. */
import { fieldOf, settingsOf } from './run-schema.ts';
import { typedValue } from './schema-field.tsx';

export interface Filled {
  readonly name: string;
  readonly seed: string;
  readonly preset: string;
  readonly corpus: string;
  readonly model: string;
  readonly phases: readonly string[];
  /** `phase.setting` → what was typed; nothing for the default. */
  readonly settings: Readonly<Record<string, string>>;
}

export const EMPTY: Filled = {
  name: '',
  seed: '',
  preset: '',
  corpus: '',
  model: '',
  phases: ['cognate'],
  settings: {},
};

/** Settings of one phase that were filled in. */
function configOf(phase: string, settings: Filled['settings']): Readonly<Record<string, unknown>> {
  const typed = settingsOf(phase).flatMap(([name, schema]) => {
    const text = settings[`${phase}.${name}`] ?? '';
    return text === '' ? [] : [[name, typedValue(schema, text)] as const];
  });
  return Object.fromEntries(typed);
}

/** Only what was filled in: the rest takes its default where the document is judged. */
export function documentOf({ name, seed, preset, corpus, model, phases, settings }: Filled): object {
  const config = phases
    .map((phase) => [phase, configOf(phase, settings)] as const)
    .filter(([, chosen]) => Object.keys(chosen).length > 0);
  return {
    apiVersion: 'forge/v1',
    name,
    phases,
    ...(preset === '' ? {} : { preset }),
    input: { ...(corpus === '' ? {} : { corpus }), ...(model === '' ? {} : { model }) },
    ...(seed === '' ? {} : { seed: typedValue(fieldOf('seed'), seed) }),
    ...(config.length === 0 ? {} : { config: Object.fromEntries(config) }),
  };
}
