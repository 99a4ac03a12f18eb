import type { Steps } from '../branch.ts';
import type { FailState } from '../definition.ts';
import { StateFailure } from '../failure.ts';
import type { Exit, Visit } from '../visit.ts';

/** Ends its machine or branch with an error. */
// biome-ignore lint/correctness/useYield: every state is a generator, this one never waits
export async function* runFail(visit: Visit, state: FailState): Steps<Exit> {
  const error = state.error ? await visit.typed<string>(state.error, 'Error', 'string') : undefined;
  const cause = state.cause ? await visit.typed<string>(state.cause, 'Cause', 'string') : undefined;
  throw new StateFailure(error, cause);
}
