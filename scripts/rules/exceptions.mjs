import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const EXCEPTIONS_FILE = 'scripts/size-exceptions.json';

/** Rules that may have exceptions at all; every other finding has to be mended. */
const EXCEPTABLE = new Set(['file-lines', 'function-lines', 'unsafe-format']);

/**
 * The list of agreed exceptions: `[{rule, path, name?, reason}]`.
 * @throws Error where the file is not such a list
 */
export function readExceptions(root) {
  const file = join(root, EXCEPTIONS_FILE);
  if (!existsSync(file)) return [];
  const list = JSON.parse(readFileSync(file, 'utf8'));
  if (!Array.isArray(list)) {
    throw new Error(
      `${EXCEPTIONS_FILE}: expected a list of {rule, path, name?, reason}, got ${typeof list}.`,
    );
  }
  return list;
}

const matches = (exception, finding) =>
  exception.rule === finding.rule &&
  exception.path === finding.path &&
  (exception.name === undefined || exception.name === finding.name);

const isReasoned = (entry) => typeof entry.reason === 'string' && entry.reason.trim().length >= 10;

/** Takes away what is excepted with a reason; an exception without reason or without use is itself a finding. */
export function applyExceptions(found, exceptions, partial) {
  const valid = exceptions.filter((entry) => EXCEPTABLE.has(entry.rule) && isReasoned(entry));
  const left = found.filter((finding) => !valid.some((entry) => matches(entry, finding)));
  const complain = (entry, message) => ({
    path: EXCEPTIONS_FILE,
    rule: 'exceptions',
    message: `${JSON.stringify(entry)}: ${message}`,
  });
  const invalid = exceptions
    .filter((entry) => !valid.includes(entry))
    .map((entry) =>
      complain(entry, `needs a rule of ${[...EXCEPTABLE].join(', ')} and a reason of 10 characters.`),
    );
  const unused = partial ? [] : valid.filter((entry) => !found.some((finding) => matches(entry, finding)));
  return [
    ...left,
    ...invalid,
    ...unused.map((entry) => complain(entry, 'is not needed any more; remove it.')),
  ];
}
