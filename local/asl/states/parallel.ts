import type { Branch, Steps } from '../branch.ts';
import type { ParallelState } from '../definition.ts';
import type { Json } from '../json.ts';
import type { Exit, Visit } from '../visit.ts';
import { abortBranches } from './abort.ts';

/** Runs all branches at once; the result is the list of their outputs. */
export async function* runParallel(visit: Visit, state: ParallelState): Steps<Exit> {
  const { branch } = visit;
  const input = state.arguments ? await visit.evaluate(state.arguments, 'Arguments') : visit.input;
  visit.checkSize(input, state.name);
  const started = branch.record('ParallelStateStarted', {}, branch.trail.entered);
  const children = state.branches.map((graph, index) => {
    const child = branch.fork(`${visit.place}{${index}}`, { previousEventId: started });
    branch.execution.start(child, graph, input);
    return child;
  });
  for (let open = children.length; open > 0; open--) {
    const child = (yield { kind: 'join' }) as Branch;
    branch.trail.last = child.trail.last;
    if (child.result && 'failure' in child.result) {
      abortBranches(branch, child, children);
      throw child.result.failure;
    }
  }
  const result: Json = children.map((child) =>
    child.result && 'output' in child.result ? child.result.output : null,
  );
  const before = branch.trail.last;
  branch.record('ParallelStateSucceeded');
  branch.trail.last = before;
  return visit.leave(state, state.next, result, { result });
}
