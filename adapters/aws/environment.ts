/** The one reader of a function's environment variables. */
import type * as z from 'zod';
import type { ResourceVariable } from '#contracts/source/functions.ts';
import { IDENTITY_VARIABLE, type IdentitySettings, identitySettings } from '#contracts/source/identity.ts';
import { parseDocument } from '#contracts/source/problems.ts';
import { REQUESTS_VARIABLE, requestsPerMinute } from '#contracts/source/quotas.ts';
import { ForgeError } from '#core/domain/errors.ts';

const DEPLOY = 'deploy again: forge infra deploy.';

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
      hint: `Its grants in contracts/functions.json bring its variables; ${DEPLOY}`,
    });
  }
  return Object.fromEntries(names.map((name) => [name, environment[name]])) as Record<Name, string>;
}

/** Whom the HTTP API knows; nobody where nothing is set. */
export const readIdentity = (environment: NodeJS.ProcessEnv = process.env): IdentitySettings =>
  readDocument(IDENTITY_VARIABLE, identitySettings, environment[IDENTITY_VARIABLE] ?? '{}');

/** Where deployment says nothing. */
const REQUESTS_PER_MINUTE = 600;

/** How many requests a minute each tenant may make. */
export const readRequestsPerMinute = (environment: NodeJS.ProcessEnv = process.env): number =>
  readDocument(
    REQUESTS_VARIABLE,
    requestsPerMinute,
    environment[REQUESTS_VARIABLE] ?? String(REQUESTS_PER_MINUTE),
  );

/** @throws ForgeError `bug` where the text cannot be read: who may come in, and what is started, is not to be guessed */
export function readDocument<Schema extends z.ZodType>(
  variable: string,
  schema: Schema,
  text: string,
): z.output<Schema> {
  const parsed = parseDocument(schema, jsonOf(text));
  if (parsed.ok) return parsed.value;
  const wrong = parsed.problems.map(({ pointer, message }) => `${pointer || '/'}: ${message}`).join('; ');
  throw new ForgeError('bug', `${variable} cannot be read: ${wrong}.`, {
    code: 'environment_unreadable',
    hint: `Correct it in the configuration of the stage; ${DEPLOY}`,
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
