import type { Branch, Steps } from './branch.ts';
import { catchFailure } from './catch.ts';
import type { State, StateGraph } from './definition.ts';
import { FatalFailure, StateFailure } from './failure.ts';
import type { Json } from './json.ts';
import { RetryCounter } from './retry.ts';
import { runChoice } from './states/choice.ts';
import { runFail } from './states/fail.ts';
import { runMap } from './states/map.ts';
import { runParallel } from './states/parallel.ts';
import { runPass } from './states/pass.ts';
import { runSucceed } from './states/succeed.ts';
import { runTask } from './states/task.ts';
import { runWait } from './states/wait.ts';
import { type Exit, Visit } from './visit.ts';

/** Runs a graph from its first state to an end and gives the output. Throws StateFailure. */
export async function* runGraph(branch: Branch, graph: StateGraph, input: Json): Steps<Json> {
  let name = graph.startAt;
  let data = input;
  for (;;) {
    const state = graph.states.get(name);
    if (!state) throw new FatalFailure('States.Runtime', `The state machine has no state '${name}'.`);
    const exit = yield* runState(branch, state, data);
    data = exit.output;
    if (exit.next === undefined) return data;
    name = exit.next;
  }
}

async function* runState(branch: Branch, state: State, input: Json): Steps<Exit> {
  branch.enter(state.type, state.name, input);
  const visit = new Visit(branch, state, input);
  const exit = 'retry' in state ? yield* runRecoverable(visit, state) : yield* dispatch(visit, state);
  if (exit.assigned) branch.variables = { ...branch.variables, ...exit.assigned };
  branch.record(`${state.type}StateExited`, {
    name: state.name,
    output: exit.output,
    assignedVariables: exit.assigned,
  });
  branch.openState = '';
  return exit;
}

async function* runRecoverable(visit: Visit, state: Extract<State, { retry: unknown }>): Steps<Exit> {
  const { branch } = visit;
  const { history, world } = branch.execution;
  const retries = new RetryCounter(state.retry);
  for (;;) {
    try {
      return yield* dispatch(visit, state);
    } catch (error) {
      if (!(error instanceof StateFailure)) throw error;
      const delay = retries.nextDelaySeconds(error, () => world.random.next());
      if (delay === undefined) {
        if (state.type !== 'Task') branch.record(`${state.type}StateFailed`);
        const exit = await catchFailure(visit, state.catch, error);
        if (exit) return exit;
        throw error;
      }
      yield { kind: 'timer', key: `${visit.attemptKey}/retry`, deadline: history.now + delay * 1000 };
      visit.retryCount++;
    }
  }
}

function dispatch(visit: Visit, state: State): Steps<Exit> {
  switch (state.type) {
    case 'Pass':
      return runPass(visit, state);
    case 'Task':
      return runTask(visit, state);
    case 'Choice':
      return runChoice(visit, state);
    case 'Wait':
      return runWait(visit, state);
    case 'Succeed':
      return runSucceed(visit, state);
    case 'Fail':
      return runFail(visit, state);
    case 'Parallel':
      return runParallel(visit, state);
    case 'Map':
      return runMap(visit, state);
  }
}
