/** Values of options that are more than text. */
import { InvalidArgumentError } from 'commander';

/** For options that may stand several times. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,9}$/.test(text) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least} on.`);
  };
}

/** A number that need not be whole. */
export function atLeast(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a number from ${least} on.`);
  };
}

const SIZES: Readonly<Record<string, number>> = { '': 1, kb: 1e3, mb: 1e6, gb: 1e9 };

/** `500MB` as bytes. */
export function byteSize(text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,9})\s*([kmg]?b)?$/i.exec(text.trim()) ?? [];
  const bytes = Number(number) * (SIZES[unit.toLowerCase()] ?? 1);
  if (number !== '' && bytes >= 1) return bytes;
  throw new InvalidArgumentError('Expected a size such as 500MB or 2GB.');
}
