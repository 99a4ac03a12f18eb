import type { JobDetail } from './job.ts';

/** Maps whose keys belong to the user and are handed on as they are. */
const USER_KEYED = new Set(['tags', 'parameters']);

/** The output of `batch:submitJob.sync`: the described job with its keys in PascalCase. */
export function toStepFunctions(job: JobDetail): Record<string, unknown> {
  return pascalObject(job);
}

const pascalObject = (object: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(object).map(([key, value]) => [
      key.charAt(0).toUpperCase() + key.slice(1),
      USER_KEYED.has(key) ? value : pascal(value),
    ]),
  );

function pascal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pascal);
  return value !== null && typeof value === 'object' ? pascalObject(value) : value;
}
