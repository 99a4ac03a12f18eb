/** Text that a model is given: data that is never run, read as markup or fetched. Refused by rule, each with its code. */
import * as z from 'zod';
import canaries from '../../injection-canaries.json' with { type: 'json' };

/** Longest line of a prompt; longer ones are pasted data. */
const LONGEST_LINE = 2_000;

/** Characters that no reader sees: controls but line ends and tabs, format and bidi marks, private and lone surrogates. */
const UNSEEN = /[^\P{C}\n\t\u200c\u200d]/u;

const FLAGGED = canaries.flagged.map((pattern) => new RegExp(pattern, 'iu'));

interface Fault {
  readonly code: string;
  readonly message: string;
}

function unseen(text: string): Fault | null {
  const found = text.match(UNSEEN)?.[0];
  if (found === undefined) return null;
  const point = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const message = `holds the invisible character U+${point}; expected letters, signs, spaces, line ends and tabs`;
  return { code: 'control_character', message };
}

function longLine(text: string): Fault | null {
  const longest = Math.max(...text.split('\n').map((line) => line.length));
  if (longest <= LONGEST_LINE) return null;
  return {
    code: 'line_too_long',
    message: `has a line of ${longest} characters; expected at most ${LONGEST_LINE}`,
  };
}

function flagged(text: string): Fault | null {
  const found = FLAGGED.map((pattern) => text.match(pattern)?.[0]).find((match) => match !== undefined);
  if (found === undefined) return null;
  const message = `says "${found}", as texts do that are written to take a model over; say it in other words if it is meant`;
  return { code: 'flagged', message };
}

/** A text of at most so many characters that a model may be given. */
export const promptText = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .superRefine((text, context) => {
      // One look at each is enough: a text that is too long is refused for that, and its lines are not read.
      if (text.length > most) return;
      for (const fault of [unseen(text), longLine(text), flagged(text)]) {
        if (!fault) continue;
        context.addIssue({ code: 'custom', message: fault.message, params: { code: fault.code } });
      }
    });
