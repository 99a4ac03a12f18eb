import { DefinitionError } from '#local/asl/checker.ts';
import { VirtualClock } from '#local/asl/clock.ts';
import { createEngine } from '#local/asl/engine.ts';
import type { HistoryEvent } from '#local/asl/history.ts';
import type { Journal, JournalEntry } from '#local/asl/journal.ts';
import { isObject, type Json, type JsonObject } from '#local/asl/json.ts';
import { compareHistories, type HistoryOrder } from './compare-history.ts';
import { type Difference, Matcher } from './match.ts';
import { type RecordedObject, type RecordedTask, StubTasks } from './stub-tasks.ts';

const MACHINE = 'arn:aws:states:us-east-1:111111111111:stateMachine:machine';

/** A value that the recorder computed and left as the name of its function. */
const LOST_VALUE = /<[\w.]+\(\)>/;

/** One recorded execution. */
export interface ExecutionCase {
  definition: JsonObject;
  input: Json;
  tasks: RecordedTask[];
  s3?: RecordedObject[];
  /** What somebody did from outside, in words. */
  external?: string;
  placeholders: string[];
  expected: JsonObject & { status: string; history?: JsonObject[]; historyOrder?: HistoryOrder };
}

/** One recorded TestState call. */
export interface TestStateCase {
  request: JsonObject;
  placeholders: string[];
  expected: JsonObject;
}

/** One recorded refusal or acceptance of a definition. */
export interface ValidationCase {
  definition?: JsonObject;
  expected: JsonObject;
}

/** Passed, failed with the first difference, or not a case for this engine. */
export type Verdict = { passed: true } | { passed: false; difference: Difference } | { outOfScope: string };

interface Ran {
  status: string;
  output?: Json;
  error?: string;
  cause?: string;
  events: HistoryEvent[];
}

/** Replays one execution on a virtual clock and compares status, result and history. */
export async function replayExecution(recorded: ExecutionCase): Promise<Verdict> {
  const { external, s3 = [] } = recorded;
  const stop = external?.startsWith('stopExecution') ?? false;
  if (external !== undefined && !stop) return { outOfScope: 'an action from outside during the execution' };
  try {
    const ran = await run(recorded.definition, recorded.input, recorded.tasks, s3, stop);
    return verdict(compareRun(recorded, ran));
  } catch (error) {
    return refusal(error);
  }
}

function compareRun({ expected, placeholders }: ExecutionCase, ran: Ran): Difference | undefined {
  const matcher = new Matcher(placeholders);
  const actual = { ...ran } as unknown as JsonObject;
  const { history = [], historyOrder = 'exact' } = expected;
  const fields = ['status', 'output', 'error'].filter((field) => field in expected || field in actual);
  for (const field of fields) {
    const difference = matcher.compare(expected[field], actual[field], field);
    if (difference) return difference;
  }
  return (
    matcher.compareCause(expected, actual, 'execution') ??
    (history.length > 0 ? compareHistories(matcher, history, ran.events, historyOrder) : undefined)
  );
}

/** Runs the one state of a TestState call, its mock in place of the service or of the inner states. */
export async function replayTestState({ request, expected, placeholders }: TestStateCase): Promise<Verdict> {
  if (expected.apiError !== undefined) return { outOfScope: "TestState's own request checks" };
  const { name, state } = selectState(request);
  if (!state) return { outOfScope: 'TestState without a definition' };
  if (state.Type === 'Map') return { outOfScope: "TestState's mock of a Map" };
  const mock = isObject(request.mock) ? request.mock : undefined;
  if (mock && 'errorOutput' in mock) return { outOfScope: "TestState's mock of an error" };
  if (state.Type === 'Task' && !mock) return { outOfScope: 'a TestState that called a real service' };
  if (LOST_VALUE.test(JSON.stringify(mock ?? {})))
    return { outOfScope: 'a mock whose values the recording lost' };
  const mocked = mock ? asTask(state) : state;
  const answers: RecordedTask[] = mock
    ? [{ state: name, outcome: 'succeeded', output: mock.result ?? null }]
    : [];
  try {
    const ran = await run(standAlone(name, mocked), request.input ?? {}, answers, []);
    return verdict(compareTestState(expected, ran, new Matcher(placeholders)));
  } catch (error) {
    return refusal(error);
  }
}

function compareTestState(expected: JsonObject, ran: Ran, matcher: Matcher): Difference | undefined {
  const entered = ran.events.filter((event) => event.type.endsWith('StateEntered'));
  const exited = ran.events.find((event) => event.type.endsWith('StateExited'));
  const scheduled = ran.events.find((event) => event.type === 'TaskScheduled');
  const inspected = isObject(expected.inspectionData) ? expected.inspectionData : {};
  const pairs: [string, unknown, unknown][] = [
    ['status', expected.status, exited ? 'SUCCEEDED' : ran.status],
    ['output', expected.output, exited?.output],
    ['nextState', expected.nextState, entered[1]?.name],
    ['inspectionData.input', inspected.input, entered[0]?.input],
    ['inspectionData.afterArguments', inspected.afterArguments, scheduled?.parameters],
  ];
  for (const [field, wanted, got] of pairs) {
    if (wanted === undefined) continue;
    const difference = matcher.compare(wanted, got, field);
    if (difference) return difference;
  }
  return undefined;
}

/** Checks a definition: refused where AWS refused it, accepted where AWS accepted it. */
export async function replayValidation({ definition, expected }: ValidationCase): Promise<Verdict> {
  if (!definition) return { outOfScope: 'a definition that is no JSON' };
  const accepted = expected.result === 'OK';
  try {
    await assemble(definition, new StubTasks([], []));
    return accepted
      ? { passed: true }
      : verdict({ at: 'definition', expected: expected, actual: 'accepted' });
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    if (needsPaths(error)) return { outOfScope: 'JSONPath fields' };
    if (accepted) return verdict({ at: 'definition', expected, actual: error.message });
    // Only AWS's own sentences are compared; some cases hold the recorder's wording.
    const message = String(expected.message ?? '');
    const same =
      !message.includes('SCHEMA_VALIDATION_FAILED') ||
      error.diagnostics.some((fault) => message.includes(fault.message));
    return verdict(same ? undefined : { at: 'message', expected: message, actual: error.message });
  }
}

async function run(
  definition: JsonObject,
  input: Json,
  tasks: RecordedTask[],
  objects: RecordedObject[],
  stop = false,
): Promise<Ran> {
  const stub = new StubTasks(tasks, objects);
  const engine = assemble(definition, stub);
  stub.engine = engine;
  await engine.start({ name: 'execution', machineArn: MACHINE, input });
  if (stop) await engine.stop('execution');
  const { status, output, error, cause } = await engine.waitFor('execution');
  const events = await engine.history('execution');
  engine.close();
  return {
    status,
    events,
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}

function assemble(definition: JsonObject, tasks: StubTasks) {
  return createEngine({
    machines: { [MACHINE]: definition },
    tasks,
    journal: new TransientJournal(),
    clock: new VirtualClock(),
    location: { region: 'us-east-1', account: '111111111111' },
    childExecutions: 'tasks',
  });
}

function selectState(request: JsonObject): { name: string; state: JsonObject | undefined } {
  const definition = isObject(request.definition) ? request.definition : {};
  const name = typeof request.stateName === 'string' ? request.stateName : 'StateName';
  if (!isObject(definition.States)) return { name, state: 'Type' in definition ? definition : undefined };
  const state = definition.States[name];
  const language = definition.QueryLanguage ?? 'JSONPath';
  return { name, state: isObject(state) ? { QueryLanguage: language, ...state } : undefined };
}

/** A mocked Parallel is a task that answers with the mock: its Arguments and Output mean the same. */
function asTask(state: JsonObject): JsonObject {
  if (state.Type === 'Task') return state;
  const { Branches: _branches, ...rest } = state;
  return { ...rest, Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke' };
}

/** A machine of that state and of an end for each state that it may go to. */
function standAlone(name: string, state: JsonObject): JsonObject {
  const targets = new Set<string>();
  const collect = (value: Json): void => {
    if (Array.isArray(value)) for (const item of value) collect(item);
    if (!isObject(value)) return;
    for (const field of [value.Next, value.Default]) if (typeof field === 'string') targets.add(field);
    for (const field of [value.Choices, value.Catch]) if (field !== undefined) collect(field);
  };
  collect(state);
  const ends = [...targets].map((target) => [target, { Type: 'Succeed' }]);
  return { StartAt: name, States: { ...Object.fromEntries(ends), [name]: state } };
}

function verdict(difference: Difference | undefined): Verdict {
  return difference ? { passed: false, difference } : { passed: true };
}

/** JSONPath is refused on purpose; any other refusal of a definition that AWS ran is our fault. */
function refusal(error: unknown): Verdict {
  if (!(error instanceof DefinitionError)) throw error;
  if (needsPaths(error)) return { outOfScope: 'JSONPath fields' };
  return verdict({ at: 'definition', expected: 'accepted', actual: error.message });
}

function needsPaths(error: DefinitionError): boolean {
  return error.diagnostics.some(({ message }) => message.includes('JSONPath'));
}

/** Nothing has to survive a conformance run. */
class TransientJournal implements Journal {
  private readonly entries = new Map<string, JournalEntry[]>();

  async load(name: string): Promise<JournalEntry[]> {
    return this.entries.get(name) ?? [];
  }

  async append(name: string, entry: JournalEntry): Promise<void> {
    this.entries.set(name, [...(this.entries.get(name) ?? []), entry]);
  }

  async listOpen(): Promise<string[]> {
    return [];
  }
}
