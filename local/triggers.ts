/** `triggers.yaml` of a home: which runs start by themselves. What the stage's configuration is on AWS. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument as parseYaml } from 'yaml';
import { parseDocument } from '#contracts/source/problems.ts';
import { type Triggers, triggers } from '#contracts/source/triggers.ts';
import { ForgeError } from '#core/domain/errors.ts';

const FILE = 'triggers.yaml';
const NONE: Triggers = { apiVersion: 'forge/v1', kind: 'Triggers', uploads: [], schedules: [] };
const MAX_ALIASES = 100;

function invalid(file: string, what: string): ForgeError {
  return new ForgeError('validation', `${file} is no triggers document: ${what}`, {
    code: 'invalid_triggers',
    hint: 'See docs/triggers.md; without the file nothing starts by itself.',
  });
}

/** Read once, when the server starts. No file means no triggers. */
export function readTriggers(directory: string): Triggers {
  const file = join(directory, FILE);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return NONE;
    throw error;
  }
  const document = parseYaml(text, { uniqueKeys: true, strict: true });
  const [fault] = document.errors;
  if (fault) throw invalid(file, fault.message);
  const parsed = parseDocument(triggers, document.toJS({ maxAliasCount: MAX_ALIASES }));
  if (parsed.ok) return parsed.value;
  const all = parsed.problems.map(({ pointer, message }) => `${pointer || '/'}: ${message}`);
  throw invalid(file, all.join('; '));
}
