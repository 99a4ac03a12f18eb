/** Parameters that are one of a few words, and numbers. */
import { nearestName } from '#contracts/source/problems.ts';
import { ForgeError } from '#core/domain/errors.ts';

export function oneOf<Word extends string>(
  name: string,
  given: string | undefined,
  words: readonly Word[],
): Word | undefined {
  return given === undefined ? undefined : requiredWord(name, given, words);
}

/** As `oneOf`, where the parameter is part of the address and so is always there. */
export function requiredWord<Word extends string>(name: string, given: string, words: readonly Word[]): Word {
  if (words.includes(given as Word)) return given as Word;
  const near = nearestName(given, words);
  throw new ForgeError(
    'malformed',
    `${name} is "${given.slice(0, 40)}", expected one of ${words.join(', ')}.`,
    {
      code: 'invalid_query',
      ...(near ? { hint: `Did you mean ${near}?` } : {}),
    },
  );
}

export function wholeNumber(name: string, text: string, least = 0, most = 999_999): number {
  if (/^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
  throw new ForgeError('malformed', `${name} is "${text.slice(0, 40)}", expected ${least} to ${most}.`, {
    code: 'invalid_query',
  });
}
