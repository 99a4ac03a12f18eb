import type { Steps } from '../branch.ts';
import type { ChoiceState } from '../definition.ts';
import { StateFailure, whileExecuting } from '../failure.ts';
import type { Exit, Visit } from '../visit.ts';

/** Goes where the first true condition points. */
// biome-ignore lint/correctness/useYield: every state is a generator, this one never waits
export async function* runChoice(visit: Visit, state: ChoiceState): Steps<Exit> {
  for (const [index, choice] of state.choices.entries()) {
    const prefix = `Choices[${index}]/`;
    if (await visit.typed<boolean>(choice.condition, `${prefix}Condition`, 'boolean')) {
      return visit.leave(choice, choice.next, visit.input, {}, prefix);
    }
  }
  if (state.fallback !== undefined) return visit.leave(state, state.fallback, visit.input);
  const sentence = 'Failed to transition out of the state. The state does not point to a next state.';
  throw new StateFailure(
    'States.NoChoiceMatched',
    whileExecuting(state.name, visit.branch.trail.entered, sentence),
  );
}
