import type { Steps } from '../branch.ts';
import type { SucceedState } from '../definition.ts';
import type { Exit, Visit } from '../visit.ts';

/** Ends its machine or branch well. */
// biome-ignore lint/correctness/useYield: every state is a generator, this one never waits
export async function* runSucceed(visit: Visit, state: SucceedState): Steps<Exit> {
  return visit.leave(state, undefined, visit.input);
}
