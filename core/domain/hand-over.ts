/** Which intervals of phases are legal, decided by contracts alone and before anything is submitted. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import {
  type ContractVerdict,
  checkRules,
  type KnownProperties,
  type Rule,
  type Violation,
} from './contract.ts';
import { type PhaseDefinition, phaseDefinition } from './phase.ts';

/** Name of the hand-over into a phase: `a→b`, or `input→b` where the models come from outside. */
export function handOverName(from: PhaseSlug | null, to: PhaseSlug): string {
  return `${from ?? 'input'}→${to}`;
}

/** All rules of a hand-over: what the producer promises and what the consumer needs. */
export function handOverRules(from: PhaseSlug | null, to: PhaseSlug): readonly Rule[] {
  const promised = from ? phaseDefinition(from).produces : [];
  const needed = phaseDefinition(to).accepts;
  return [...promised, ...needed.filter((rule) => !promised.some((promise) => promise.name === rule.name))];
}

export function checkHandOver(
  from: PhaseSlug | null,
  to: PhaseSlug,
  models: readonly KnownProperties[],
): ContractVerdict {
  return checkRules(handOverName(from, to), handOverRules(from, to), models);
}

/** What a phase's output will surely be: what it sets, and what it keeps of its one input; the rest stays unknown. */
function promisedOutput(
  { output: { models, keeps, sets } }: PhaseDefinition,
  inputs: readonly KnownProperties[],
): readonly KnownProperties[] {
  const [only = {}, another] = inputs;
  const known = Object.entries(another ? {} : only).filter(([, value]) => value !== undefined);
  const kept = Object.fromEntries(known.filter(([property]) => keeps.some((each) => each === property)));
  return Array.from({ length: models }, () => ({ ...kept, ...sets }));
}

export interface IntervalVerdict extends ContractVerdict {
  readonly phases: readonly PhaseSlug[];
}

/** Walks the interval from the input to the last phase and gathers every violation. */
export function checkInterval(
  phases: readonly PhaseSlug[],
  inputModels: readonly KnownProperties[],
): IntervalVerdict {
  const violations: Violation[] = [];
  const deferred: string[] = [];
  let models = inputModels;
  let from: PhaseSlug | null = null;
  for (const slug of phases) {
    const verdict = checkHandOver(from, slug, models);
    violations.push(...verdict.violations);
    deferred.push(...verdict.deferred);
    models = promisedOutput(phaseDefinition(slug), models);
    from = slug;
  }
  return { phases, violations, deferred };
}
