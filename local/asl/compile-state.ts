import { type Checker, present } from './checker.ts';
import type {
  Catcher,
  ChoiceRule,
  ItemReader,
  MapState,
  QueryLanguage,
  Retrier,
  State,
  StateGraph,
  WaitState,
} from './definition.ts';
import { isObject, type JsonObject } from './json.ts';
import type { Template } from './jsonata.ts';
import { MAX_SECONDS, MAX_VARIABLE_NAME_LENGTH } from './limits.ts';
import { parseResource } from './resource.ts';
import { isTimestamp } from './timestamp.ts';

/** One state to be read. */
export interface StateSource {
  checker: Checker;
  raw: JsonObject;
  name: string;
  /** Path of the state in the definition. */
  place: string;
  language: QueryLanguage;
  /** Compiles a branch or an item processor. */
  inner: (graph: JsonObject, place: string) => StateGraph;
}

const COMMON = ['Type', 'Comment', 'QueryLanguage'];
const FLOW = ['Next', 'End'];
const RESULT = ['Output', 'Assign'];
const RECOVERY = ['Retry', 'Catch'];

const FIELDS: Record<State['type'], string[]> = {
  Pass: [...FLOW, ...RESULT],
  Task: [
    ...FLOW,
    ...RESULT,
    ...RECOVERY,
    'Resource',
    'Arguments',
    'Credentials',
    'TimeoutSeconds',
    'HeartbeatSeconds',
  ],
  Choice: [...RESULT, 'Choices', 'Default'],
  Wait: [...FLOW, ...RESULT, 'Seconds', 'Timestamp'],
  Succeed: ['Output'],
  Fail: ['Error', 'Cause'],
  Parallel: [...FLOW, ...RESULT, ...RECOVERY, 'Branches', 'Arguments'],
  Map: [
    ...FLOW,
    ...RESULT,
    ...RECOVERY,
    'Items',
    'ItemProcessor',
    'ItemSelector',
    'ItemReader',
    'Label',
    'MaxConcurrency',
    'ToleratedFailureCount',
    'ToleratedFailurePercentage',
  ],
};
/** Fields whose meaning needs JSONata; a JSONPath state may not have them. */
const JSONATA_ONLY = ['Output', 'Arguments', 'Items'];

/** Reads one state; undefined when not even its type is known. */
export function compileState(source: StateSource): State | undefined {
  const { checker, raw, place, language, name } = source;
  const type = checker.string(raw, 'Type', place);
  if (!isStateType(type)) {
    if (type !== '') {
      checker.fault(`${place}/Type`, `Expected one of ${Object.keys(FIELDS).join(', ')}, but was '${type}'`);
    }
    return undefined;
  }
  const own =
    language === 'JSONata' ? FIELDS[type] : FIELDS[type].filter((field) => !JSONATA_ONLY.includes(field));
  const allowed = language === 'JSONPath' && type === 'Pass' ? [...own, 'Result'] : own;
  checker.onlyFields(raw, [...COMMON, ...allowed], place, language);
  const next = FIELDS[type].includes('Next') ? readNext(source) : undefined;
  const base = { name, language, ...readResult(source, raw, place), ...present({ next }) };
  return readers[type](source, base);
}

type Base = Pick<State, 'name' | 'language'> & { next?: string; output?: Template; assign?: Template };

const readers: Record<State['type'], (source: StateSource, base: Base) => State> = {
  Pass: ({ checker, raw, place, language }, base) => ({
    type: 'Pass',
    ...base,
    ...present({ result: checker.template(raw, 'Result', place, language) }),
  }),
  Task: (source, base) => {
    const { checker, raw, place, language } = source;
    const number = (field: string) => checker.typed(raw, field, place, language, 'number');
    if (isObject(raw.Credentials)) checker.string(raw.Credentials, 'RoleArn', `${place}/Credentials`);
    return {
      type: 'Task',
      ...base,
      ...readRecovery(source),
      resource: readResource(source),
      ...present({
        arguments: checker.template(raw, 'Arguments', place, language),
        credentials: checker.template(raw, 'Credentials', place, language),
        timeoutSeconds: number('TimeoutSeconds'),
        heartbeatSeconds: number('HeartbeatSeconds'),
      }),
    };
  },
  Choice: (source, base) => {
    const { checker, raw, place } = source;
    const choices = checker.objects(raw, 'Choices', place, (rule, at) => readChoice(source, rule, at));
    if (choices.length === 0) checker.fault(`${place}/Choices`, 'A Choice state needs at least one rule');
    const fallback = raw.Default === undefined ? undefined : checker.string(raw, 'Default', place);
    return { type: 'Choice', ...base, choices, ...present({ fallback }) };
  },
  Wait: (source, base) => ({ type: 'Wait', ...base, until: readUntil(source) }),
  Succeed: (_source, base) => ({ type: 'Succeed', ...base }),
  Fail: ({ checker, raw, place, language }, base) => ({
    type: 'Fail',
    ...base,
    ...present({
      error: checker.typed(raw, 'Error', place, language, 'string'),
      cause: checker.typed(raw, 'Cause', place, language, 'string'),
    }),
  }),
  Parallel: (source, base) => {
    const { checker, raw, place, language, inner } = source;
    const branches = checker.objects(raw, 'Branches', place, inner);
    if (branches.length === 0)
      checker.fault(`${place}/Branches`, 'A Parallel state needs at least one branch');
    const args = checker.template(raw, 'Arguments', place, language);
    return { type: 'Parallel', ...base, ...readRecovery(source), branches, ...present({ arguments: args }) };
  },
  Map: readMap,
};

function isStateType(type: string): type is State['type'] {
  return Object.hasOwn(FIELDS, type);
}

function readNext({ checker, raw, place }: StateSource): string | undefined {
  if (raw.End !== undefined && typeof raw.End !== 'boolean')
    checker.fault(`${place}/End`, 'Expected value of type Boolean');
  if (raw.Next !== undefined && raw.End === true) {
    checker.fault(place, "Only one of the fields 'Next' and 'End' may stand here");
  }
  if (raw.Next === undefined && raw.End !== true) {
    checker.fault(place, "These fields are required: one of 'Next' and 'End'");
  }
  return raw.Next === undefined ? undefined : checker.string(raw, 'Next', place);
}

function readResult({ checker, language }: StateSource, raw: JsonObject, place: string) {
  if (raw.Assign !== undefined) checkAssign(checker, raw.Assign, `${place}/Assign`, language);
  return present({
    output: checker.template(raw, 'Output', place, language),
    assign: checker.template(raw, 'Assign', place, language),
  });
}

const VARIABLE_NAME = /^[\p{ID_Start}][\p{ID_Continue}]*$/u;

function checkAssign(checker: Checker, assign: unknown, place: string, language: QueryLanguage): void {
  if (!isObject(assign)) {
    checker.fault(place, 'Expected value of type Object');
    return;
  }
  for (const name of Object.keys(assign)) {
    if (language === 'JSONPath' && name.endsWith('.$')) continue;
    if (!VARIABLE_NAME.test(name) || name.length > MAX_VARIABLE_NAME_LENGTH || name === 'states') {
      checker.fault(place, `'${name}' is not a valid variable name`);
    }
  }
}

function readErrorEquals(checker: Checker, raw: JsonObject, place: string, isLast: boolean): string[] {
  const value = raw.ErrorEquals;
  if (!Array.isArray(value) || value.length === 0 || value.some((name) => typeof name !== 'string')) {
    checker.fault(place, "The field 'ErrorEquals' is required: a non-empty list of error names");
    return [];
  }
  const names = value as string[];
  if (names.includes('States.ALL') && (names.length > 1 || !isLast)) {
    checker.fault(`${place}/ErrorEquals`, "'States.ALL' must stand alone and in the last rule");
  }
  return names;
}

function readRecovery(source: StateSource): { retry: Retrier[]; catch: Catcher[] } {
  const { checker, raw, place, language } = source;
  const isLast = (field: string, at: string): boolean =>
    Array.isArray(raw[field]) && at.endsWith(`[${raw[field].length - 1}]`);
  return {
    retry: checker.objects(raw, 'Retry', place, (retrier, at) => ({
      errorEquals: readErrorEquals(checker, retrier, at, isLast('Retry', at)),
      intervalSeconds: checker.number(retrier, 'IntervalSeconds', at, 1, [1, MAX_SECONDS]),
      maxAttempts: checker.number(retrier, 'MaxAttempts', at, 3, [0, MAX_SECONDS]),
      backoffRate: checker.number(retrier, 'BackoffRate', at, 2, [1, Number.MAX_VALUE]),
      maxDelaySeconds: checker.number(retrier, 'MaxDelaySeconds', at, Number.MAX_VALUE, [1, 31_622_400]),
      jitter: readJitter(checker, retrier, at),
    })),
    catch: checker.objects(raw, 'Catch', place, (catcher, at) => ({
      errorEquals: readErrorEquals(checker, catcher, at, isLast('Catch', at)),
      next: checker.string(catcher, 'Next', at),
      ...readResult({ ...source, language }, catcher, at),
    })),
  };
}

function readJitter(checker: Checker, retrier: JsonObject, place: string): boolean {
  const strategy = retrier.JitterStrategy ?? 'NONE';
  if (strategy !== 'NONE' && strategy !== 'FULL')
    checker.fault(`${place}/JitterStrategy`, "Expected 'FULL' or 'NONE'");
  return strategy === 'FULL';
}

function readResource({ checker, raw, place }: StateSource): string {
  const resource = checker.string(raw, 'Resource', place);
  if (resource !== '' && !parseResource(resource)) {
    checker.fault(
      `${place}/Resource`,
      `'${resource}' is neither a Lambda function nor a service integration`,
    );
  }
  return resource;
}

function readChoice(source: StateSource, rule: JsonObject, place: string): ChoiceRule {
  const { checker, language } = source;
  checker.onlyFields(rule, ['Condition', 'Next', 'Comment', ...RESULT], place, language);
  const condition = checker.typed(rule, 'Condition', place, language, 'boolean');
  if (!condition) checker.fault(place, "The field 'Condition' is required but was missing");
  return {
    condition: condition ?? { kind: 'literal', value: false },
    next: checker.string(rule, 'Next', place),
    ...readResult(source, rule, place),
  };
}

function readUntil({ checker, raw, place, language }: StateSource): WaitState['until'] {
  const seconds = checker.typed(raw, 'Seconds', place, language, 'number');
  const timestamp = checker.typed(raw, 'Timestamp', place, language, 'string');
  if ((seconds === undefined) === (timestamp === undefined)) {
    checker.fault(place, "A Wait state needs exactly one of the fields 'Seconds' and 'Timestamp'");
  }
  if (timestamp?.kind === 'literal' && !isTimestamp(String(timestamp.value))) {
    checker.fault(`${place}/Timestamp`, 'String does not match RFC3339 timestamp');
  }
  if (timestamp) return { field: 'Timestamp', template: timestamp };
  return { field: 'Seconds', template: seconds ?? { kind: 'literal', value: 0 } };
}

function readMap(source: StateSource, base: Base): MapState {
  const { checker, raw, place, language, name, inner } = source;
  const processor: JsonObject = checker.object(raw, 'ItemProcessor', place) ?? {};
  const mode = isObject(processor.ProcessorConfig) ? processor.ProcessorConfig.Mode : undefined;
  const number = (field: string) => checker.typed(raw, field, place, language, 'number');
  return {
    type: 'Map',
    ...base,
    ...readRecovery(source),
    processor: inner(processor, `${place}/ItemProcessor`),
    distributed: mode === 'DISTRIBUTED',
    label: readLabel(source) ?? name,
    ...present({
      items: checker.template(raw, 'Items', place, language),
      itemSelector: checker.template(raw, 'ItemSelector', place, language),
      itemReader: raw.ItemReader === undefined ? undefined : readItemReader(source),
      maxConcurrency: number('MaxConcurrency'),
      toleratedFailureCount: number('ToleratedFailureCount'),
      toleratedFailurePercentage: number('ToleratedFailurePercentage'),
    }),
  };
}

const MAX_LABEL_LENGTH = 40;
const BAD_IN_LABEL = /[\s?*<>{}[\]:;,\\|^~$#%&`"'\p{Cc}]/u;

/** The label becomes part of the ARN of the Map's run. */
function readLabel({ checker, raw, place }: StateSource): string | undefined {
  const label = raw.Label;
  if (label === undefined) return undefined;
  const at = `${place}/Label`;
  if (typeof label !== 'string') checker.fault(at, 'Expected value of type String');
  else if (label === '') checker.fault(at, 'Label cannot be empty');
  else if (label.length > MAX_LABEL_LENGTH)
    checker.fault(at, `Label cannot exceed ${MAX_LABEL_LENGTH} characters`);
  else if (BAD_IN_LABEL.test(label))
    checker.fault(at, `Label contains invalid character: '${BAD_IN_LABEL.exec(label)?.[0]}'`);
  else return label;
  return undefined;
}

function readItemReader({ checker, raw, place, language }: StateSource): ItemReader {
  const reader = checker.object(raw, 'ItemReader', place) ?? {};
  const at = `${place}/ItemReader`;
  checker.onlyFields(reader, ['Resource', 'Arguments', 'ReaderConfig'], at, language);
  return {
    resource: checker.string(reader, 'Resource', at),
    ...present({
      arguments: checker.template(reader, 'Arguments', at, language),
      config: checker.template(reader, 'ReaderConfig', at, language),
    }),
  };
}
