import { readFileSync } from 'node:fs';
import { parseStageConfig, type StageConfig, StageConfigError } from './stage-config.ts';

/**
 * @param path a JSON file
 * @throws StageConfigError where it cannot be read, is not JSON or cannot be deployed
 */
export function readStageConfig(path: string): StageConfig {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new StageConfigError(path, [
      `${(error as Error).message}; expected a JSON file like infra/config/dev.json. Name another one with -c config=FILE.`,
    ]);
  }
  return parseStageConfig(path, value);
}
