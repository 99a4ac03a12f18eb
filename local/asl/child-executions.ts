import { type Engine, EngineError, type ExecutionDescription, type StartRequest } from './api.ts';
import type { StartedEntry } from './journal.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { namedUuid } from './random.ts';
import { OutcomeUnknown, type TaskCall, TaskError } from './tasks.ts';

const START = /:states:startExecution(\.sync|\.sync:2|\.waitForTaskToken)?$/;

/** Who waits for a child execution. */
export type ParentLink = NonNullable<StartedEntry['parent']>;

/** What a child execution needs from the engine. */
export interface ChildEngine extends Pick<Engine, 'stop' | 'waitFor'> {
  startChild(request: StartRequest, parent: ParentLink | undefined): Promise<ExecutionDescription>;
}

/** True for the resources with which a state machine starts another. */
export function startsExecution(resource: string): boolean {
  return START.test(resource);
}

/** Starts a child execution, or finds the one that the same call started before a restart, and waits where asked to. */
export async function runChildExecution(engine: ChildEngine, call: TaskCall): Promise<Json> {
  const child = await startChild(engine, call);
  const submission = { ExecutionArn: child.executionArn, StartDate: Date.parse(child.startDate) };
  if (call.pattern !== 'sync') return submission;
  const stopChild = (): void => {
    if (call.signal.reason === 'ended') void engine.stop(child.name).catch(() => undefined);
  };
  if (call.signal.aborted) stopChild();
  else call.signal.addEventListener('abort', stopChild, { once: true });
  await call.submitted(submission);
  const ended = await engine.waitFor(child.name).catch((error: unknown) => {
    throw new OutcomeUnknown(`child execution '${child.name}'`, error);
  });
  const parsed = call.resource.endsWith(':2');
  if (ended.status === 'SUCCEEDED') return describeChild(ended, parsed);
  throw new TaskError('States.TaskFailed', JSON.stringify(describeChild(ended, false)));
}

async function startChild(engine: ChildEngine, call: TaskCall): Promise<ExecutionDescription> {
  const args = isObject(call.arguments) ? call.arguments : {};
  const { StateMachineArn, Input = {}, Name = namedUuid(call.key) } = args;
  try {
    // Only a child that is waited for ends with its parent.
    const parent = call.pattern === 'sync' ? { execution: call.executionName, key: call.key } : undefined;
    return await engine.startChild(
      { name: String(Name), machineArn: String(StateMachineArn), input: Input },
      parent,
    );
  } catch (error) {
    if (error instanceof EngineError)
      throw new TaskError(`StepFunctions.${error.code}Exception`, error.message);
    throw error;
  }
}

/** AWS's DescribeExecution in the spelling of the integration; `parsed` gives JSON where `.sync` gives text. */
function describeChild(child: ExecutionDescription, parsed: boolean): JsonObject {
  const json = (value: Json): Json => (parsed ? value : JSON.stringify(value));
  return {
    ...(child.cause === undefined ? {} : { Cause: child.cause }),
    ...(child.error === undefined ? {} : { Error: child.error }),
    ExecutionArn: child.executionArn,
    Input: json(child.input),
    InputDetails: { Included: true },
    Name: child.name,
    ...(child.output === undefined ? {} : { Output: json(child.output), OutputDetails: { Included: true } }),
    StartDate: Date.parse(child.startDate),
    StateMachineArn: child.machineArn,
    Status: child.status,
    ...(child.stopDate === undefined ? {} : { StopDate: Date.parse(child.stopDate) }),
  };
}
