/**
 * Hand-over contracts: named rules over measured model properties.
 *
 * A hand-over from phase A to phase B is what A promises (`produces`) together with what B needs (`accepts`).
 * Before a run starts only the promises are known; rules about what nobody promised are deferred until the real
 * model is there and its properties were measured.
 */
import type { ModelProperties } from '#contracts/source/properties.ts';
import { ForgeError } from './errors.ts';

export type RuleOperator = '==' | '>=' | '<' | 'in' | 'same' | 'present';
export type RuleOperand = number | boolean | string | readonly string[] | { readonly property: string };

export interface Rule {
  readonly name: string;
  /** `models`: the group as a whole; `each`: every model of it. */
  readonly subject: 'models' | 'each';
  readonly property: string;
  readonly op: RuleOperator;
  readonly value?: RuleOperand;
  readonly why: string;
}

/** What is known of the models at a hand-over; a property that is not known yet is simply absent. */
export type KnownProperties = Readonly<Partial<Record<keyof ModelProperties, unknown>>> & {
  readonly name?: string;
};

export interface Violation {
  /** `<contract>.<rule>`, e.g. `cognate→evomerge.parent-count`. */
  readonly rule: string;
  readonly message: string;
}

export interface ContractVerdict {
  readonly violations: readonly Violation[];
  /** Rules that need a measured property which is not known yet. */
  readonly deferred: readonly string[];
}

type Outcome = true | 'deferred' | string;

const UNKNOWN = Symbol('not known yet');

/** Reads `a` or `a.length` from the known properties. */
function read(model: KnownProperties, path: string): unknown {
  const [key, tail] = path.split('.') as [keyof ModelProperties, string?];
  if (!(key in model) || model[key] === undefined) return UNKNOWN;
  const value = model[key];
  return tail === 'length' ? (value as readonly unknown[]).length : value;
}

function show(value: unknown): string {
  return typeof value === 'string' && value.length > 16 ? `${value.slice(0, 12)}…` : JSON.stringify(value);
}

function checkOne(rule: Rule, model: KnownProperties): Outcome {
  const got = read(model, rule.property);
  const operand = rule.value;
  const wanted =
    typeof operand === 'object' && operand !== null && 'property' in operand
      ? read(model, operand.property)
      : operand;
  if (got === UNKNOWN || wanted === UNKNOWN) return 'deferred';
  const who = model.name ? ` of ${model.name}` : '';
  const complain = (expected: string) => `${rule.property}${who} is ${show(got)}, expected ${expected}`;
  switch (rule.op) {
    case '==':
      return got === wanted || complain(show(wanted));
    case '>=':
      return (got as number) >= (wanted as number) || complain(`at least ${show(wanted)}`);
    case '<':
      // Null means that nothing was measured; JavaScript would read it as 0 and let it pass.
      return (got !== null && (got as number) < (wanted as number)) || complain(`below ${show(wanted)}`);
    case 'in':
      return (
        (wanted as readonly unknown[]).includes(got) || complain(`one of ${(wanted as string[]).join(', ')}`)
      );
    case 'present':
      return (got !== null && got !== '') || complain('a value');
    case 'same':
      return true;
  }
}

function checkGroup(rule: Rule, models: readonly KnownProperties[]): readonly Outcome[] {
  if (rule.subject === 'each') return models.map((model) => checkOne(rule, model));
  if (rule.property === 'count') {
    const count = { tensors: models.length } as KnownProperties;
    return [checkOne({ ...rule, property: 'tensors' }, count)].map((outcome) =>
      typeof outcome === 'string' && outcome !== 'deferred'
        ? `got ${models.length} model${models.length === 1 ? '' : 's'}, expected ${rule.op === '>=' ? 'at least ' : ''}${show(rule.value)}`
        : outcome,
    );
  }
  const values = models.map((model) => read(model, rule.property));
  if (values.includes(UNKNOWN)) return ['deferred'];
  const different = models.filter((_, position) => values[position] !== values[0]);
  if (different.length === 0) return [true];
  const names = different.map((model) => model.name ?? 'a model').join(', ');
  return [`${rule.property} differs: ${names} against ${models[0]?.name ?? 'the first model'}`];
}

/** Checks every rule and reports all violations at once. */
export function checkRules(
  contract: string,
  rules: readonly Rule[],
  models: readonly KnownProperties[],
): ContractVerdict {
  const violations: Violation[] = [];
  const deferred = new Set<string>();
  for (const rule of rules) {
    const name = `${contract}.${rule.name}`;
    for (const outcome of checkGroup(rule, models)) {
      if (outcome === 'deferred') deferred.add(name);
      else if (outcome !== true) violations.push({ rule: name, message: `${outcome}. ${rule.why}` });
    }
  }
  return { violations, deferred: [...deferred] };
}

/** The phase that a rule is about: `b` of `a→b.rule`, `a` of `a.output.rule`. */
function phaseOf(violations: readonly Violation[]): string {
  const [contract = ''] = violations[0]?.rule.split('.') ?? [];
  return contract.split('→').at(-1) || 'PHASE';
}

/** The error that refuses a hand-over: it names each broken rule. */
export function contractError(violations: readonly Violation[], pointer = '/phases'): ForgeError {
  return new ForgeError(
    'contract',
    `Contract not satisfied: ${violations.map((violation) => `${violation.rule}: ${violation.message}`).join(' | ')}`,
    {
      code: 'contract_unsatisfied',
      problems: violations.map(({ rule, message }) => ({ pointer, code: rule, message })),
      hint: `See what the phase promises and accepts with: forge phases describe ${phaseOf(violations)}`,
    },
  );
}
