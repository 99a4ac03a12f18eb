import type { Engine, EngineOptions, ExecutionDescription } from '#local/asl/api.ts';
import { VirtualClock } from '#local/asl/clock.ts';
import { createEngine } from '#local/asl/engine.ts';
import type { HistoryEvent } from '#local/asl/history.ts';
import type { Json, JsonObject } from '#local/asl/json.ts';
import type { TaskCall } from '#local/asl/tasks.ts';
import { MemoryJournal } from './memory-journal.ts';

export const ARN = 'arn:aws:states:local:000000000000:stateMachine:machine';

/** Answers a task call. */
export type Answer = (call: TaskCall) => Json | Promise<Json>;

/** An engine on a virtual clock with one machine, for tests. */
export function engineFor(
  definition: JsonObject,
  answer: Answer = (call) => call.arguments,
  options: Partial<EngineOptions> = {},
): Engine {
  return createEngine({
    machines: { [ARN]: definition },
    tasks: { run: async (call) => answer(call) },
    journal: new MemoryJournal(),
    clock: new VirtualClock(),
    random: () => 0.5,
    ...options,
  });
}

/** What came out of one execution. */
export interface Ran extends ExecutionDescription {
  events: HistoryEvent[];
  types: string[];
}

/** Runs one execution to its end. */
export async function runMachine(
  definition: JsonObject,
  input: Json = {},
  answer?: Answer,
  options?: Partial<EngineOptions>,
): Promise<Ran> {
  const engine = engineFor(definition, answer, options);
  await engine.start({ name: 'run-1', machineArn: ARN, input });
  const description = await engine.waitFor('run-1');
  const events = await engine.history('run-1');
  return { ...description, events, types: events.map((event) => event.type) };
}

/** A JSONata machine out of states that run in the order written. */
export function machine(states: Record<string, JsonObject>, more: JsonObject = {}): JsonObject {
  return { QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0] ?? '', States: states, ...more };
}

export const LAMBDA = 'arn:aws:states:::lambda:invoke';

/** A Task state; `more` adds or overrides fields. */
export function task(more: JsonObject = {}): JsonObject {
  return { Type: 'Task', Resource: LAMBDA, ...('Next' in more ? {} : { End: true }), ...more };
}
