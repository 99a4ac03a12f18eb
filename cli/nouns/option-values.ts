/** Values of options that are more than text. */
import { InvalidArgumentError } from 'commander';
import type { NamedParent } from '../client/records.ts';

/** For options that may stand several times. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

export const RELATIONS = [
  'continued-from',
  'merged-from',
  'quantised-from',
  'baked-from',
  'compressed-from',
  'deployed-from',
] as const satisfies readonly NamedParent['relation'][];

/** `base@1:merged-from:0.5`, for an option that may stand several times. */
export function namedParent(text: string, before: readonly NamedParent[]): readonly NamedParent[] {
  const [model = '', word, share, ...more] = text.split(':');
  const relation = RELATIONS.find((each) => each === word);
  const weight = Number(share ?? 1);
  if (model === '' || more.length > 0 || share?.trim() === '' || !Number.isFinite(weight))
    throw new InvalidArgumentError('Expected REF:RELATION or REF:RELATION:WEIGHT.');
  if (relation === undefined)
    throw new InvalidArgumentError(`Expected one of ${RELATIONS.join(', ')} after the model.`);
  return [...before, { model, relation, ...(share === undefined ? {} : { weight }) }];
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
