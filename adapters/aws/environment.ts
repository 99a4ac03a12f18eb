/** The one reader of a function's environment variables. */
import type { ResourceVariable } from '#contracts/source/functions.ts';
import { ForgeError } from '#core/domain/errors.ts';

/**
 * The wanted variables.
 *
 * @throws ForgeError `bug` that names all of them that are missing or empty
 */
export function readEnvironment<Name extends ResourceVariable>(
  names: readonly Name[],
  environment: NodeJS.ProcessEnv = process.env,
): Readonly<Record<Name, string>> {
  const missing = names.filter((name) => !environment[name]?.trim());
  if (missing.length > 0) {
    throw new ForgeError('bug', `The function is deployed without ${missing.join(', ')}.`, {
      code: 'environment_incomplete',
      hint: 'Its grants in contracts/functions.json bring its variables; deploy again: forge infra deploy.',
    });
  }
  return Object.fromEntries(names.map((name) => [name, environment[name]])) as Record<Name, string>;
}
