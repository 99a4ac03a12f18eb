/** Addresses of a deployed stage, as the last deployment from this checkout has written them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const outputsFile = (root: string, stage: string): string =>
  join(root, 'dist', `stack-outputs.${stage}.json`);

/** Outputs of all stacks of the stage, by name; null where it was not deployed from here. */
export function stackOutputs(root: string, stage: string): Readonly<Record<string, string>> | null {
  const path = outputsFile(root, stage);
  if (!existsSync(path)) return null;
  const stacks = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, Record<string, string>>>;
  return Object.assign({}, ...Object.values(stacks));
}
