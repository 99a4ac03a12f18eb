/** Why the files of a model are refused: a code that a program can act on, and words that a person can. */
import { type ErrorDetail, ForgeError } from '../errors.ts';

/** Names come from the file: what is shown of them is short and has no control characters. */
export function shown(name: string): string {
  const printable = name.replaceAll(/[\p{C}"]/gu, '?');
  return printable.length > 80 ? `${printable.slice(0, 77)}...` : printable;
}

export function refusal(code: string, what: string, detail: Omit<ErrorDetail, 'code'> = {}): ForgeError {
  return new ForgeError('validation', what, { code, ...detail });
}
