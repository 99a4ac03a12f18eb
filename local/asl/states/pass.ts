import type { Steps } from '../branch.ts';
import type { PassState } from '../definition.ts';
import type { Exit, Visit } from '../visit.ts';

/** Hands its input, or `Output`, to the next state. */
// biome-ignore lint/correctness/useYield: every state is a generator, this one never waits
export async function* runPass(visit: Visit, state: PassState): Steps<Exit> {
  const result = state.result ? await visit.evaluate(state.result, 'Result') : visit.input;
  return visit.leave(state, state.next, result);
}
