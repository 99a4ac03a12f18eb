import type { Catcher } from './definition.ts';
import type { StateFailure } from './failure.ts';
import { matchesError } from './retry.ts';
import type { Exit, Visit } from './visit.ts';

/** Leaves the state through the first catcher that matches, or answers undefined when none does. */
export async function catchFailure(
  visit: Visit,
  catchers: Catcher[],
  failure: StateFailure,
): Promise<Exit | undefined> {
  const index = catchers.findIndex((catcher) => matchesError(catcher.errorEquals, failure));
  const catcher = catchers[index];
  if (!catcher) return undefined;
  const errorOutput = failure.toErrorOutput();
  return visit.leave(catcher, catcher.next, errorOutput, { errorOutput }, `Catch[${index}]/`);
}
