/** What a contract checked, rule by rule, in words and values: for the event log and the report. */
import { checkRules, type KnownProperties, type Rule } from './contract.ts';

export interface CheckedRule {
  readonly name: string;
  readonly subject: Rule['subject'];
  readonly expected: string;
  readonly got: string;
  /** `deferred`: nobody has measured what the rule asks about. */
  readonly verdict: 'passed' | 'failed' | 'deferred';
}

export interface CheckedContract {
  readonly contract: string;
  readonly rules: readonly CheckedRule[];
}

/** So many different values are written out; the verdict is about all of them. */
const SHOWN = 4;

const SIGNS: Readonly<Record<Rule['op'], string>> = {
  '==': '=',
  '>=': '≥',
  '<': '<',
  in: 'one of',
  same: 'the same',
  present: 'present',
};

function words(value: unknown): string {
  if (typeof value === 'string') return value.length > 16 ? `${value.slice(0, 12)}…` : value;
  if (typeof value === 'number' && !Number.isInteger(value)) return String(Number(value.toPrecision(4)));
  return Array.isArray(value) ? value.map(words).join(', ') : JSON.stringify(value ?? null);
}

function expectedOf({ op, value }: Rule): string {
  if (value === undefined) return SIGNS[op];
  const limit = typeof value === 'object' && 'property' in value ? value.property : words(value);
  return `${SIGNS[op]} ${limit}`;
}

function gotOf({ property }: Rule, models: readonly KnownProperties[]): string {
  if (property === 'count') return String(models.length);
  const [key, tail] = property.split('.') as [keyof KnownProperties, string?];
  const values = models.map((model) => {
    const value = model[key];
    return words(tail === 'length' && Array.isArray(value) ? value.length : value);
  });
  const different = [...new Set(values)];
  return different.length > SHOWN ? `${different.slice(0, SHOWN).join(', ')}, …` : different.join(', ');
}

export function checkedContract(
  contract: string,
  rules: readonly Rule[],
  models: readonly KnownProperties[],
): CheckedContract {
  return {
    contract,
    rules: rules.map((rule) => {
      const { violations, deferred } = checkRules(contract, [rule], models);
      const verdict = violations.length > 0 ? 'failed' : deferred.length > 0 ? 'deferred' : 'passed';
      const { name, subject } = rule;
      return { name, subject, expected: expectedOf(rule), got: gotOf(rule, models), verdict };
    }),
  };
}
