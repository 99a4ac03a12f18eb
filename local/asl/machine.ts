import { Checker, DefinitionError } from './checker.ts';
import { compileState } from './compile-state.ts';
import type { Machine, QueryLanguage, State, StateGraph } from './definition.ts';
import { isObject, type JsonObject } from './json.ts';
import { jsonBytes, MAX_DEFINITION_BYTES, MAX_STATE_NAME_LENGTH } from './limits.ts';

const MACHINE_FIELDS = ['Comment', 'QueryLanguage', 'StartAt', 'States', 'TimeoutSeconds', 'Version'];
const GRAPH_FIELDS = ['Comment', 'QueryLanguage', 'StartAt', 'States', 'ProcessorConfig'];

/** Checks a definition completely and parses all its expressions. Throws DefinitionError. */
export function compileMachine(definition: JsonObject): Machine {
  const checker = new Checker();
  if (jsonBytes(definition) > MAX_DEFINITION_BYTES) {
    checker.fault(
      '/',
      `The definition has ${jsonBytes(definition)} bytes, the limit is ${MAX_DEFINITION_BYTES}`,
    );
  }
  checker.onlyFields(definition, MACHINE_FIELDS, '', 'JSONata');
  const compiler = new GraphCompiler(checker);
  const graph = compiler.compile(definition, '', languageOf(definition, 'JSONPath', checker, ''));
  const timeoutSeconds = checker.number(definition, 'TimeoutSeconds', '', 0, [1, 99_999_999]);
  if (checker.diagnostics.length > 0) throw new DefinitionError(checker.diagnostics);
  return timeoutSeconds > 0 ? { ...graph, timeoutSeconds } : graph;
}

/** Everything that is wrong with a definition; empty when it may run. */
export function validateDefinition(definition: JsonObject): DefinitionError['diagnostics'] {
  try {
    compileMachine(definition);
    return [];
  } catch (error) {
    if (error instanceof DefinitionError) return error.diagnostics;
    throw error;
  }
}

/** Compiles graphs inside graphs and watches over names, which are unique in the whole machine. */
class GraphCompiler {
  private readonly checker: Checker;
  private readonly names = new Set<string>();

  constructor(checker: Checker) {
    this.checker = checker;
  }

  compile(raw: JsonObject, location: string, language: QueryLanguage): StateGraph {
    const { checker } = this;
    if (location !== '') checker.onlyFields(raw, GRAPH_FIELDS, location, language);
    const startAt = checker.string(raw, 'StartAt', location);
    const rawStates = checker.object(raw, 'States', location) ?? {};
    const states = new Map<string, State>();
    for (const [name, rawState] of Object.entries(rawStates)) {
      const place = `${location}/States/${name}`;
      this.checkName(name, place);
      if (!isObject(rawState)) {
        checker.fault(place, 'Expected value of type Object');
        continue;
      }
      const own = languageOf(rawState, language, checker, place);
      if (language === 'JSONata' && own === 'JSONPath') {
        checker.fault(`${place}/QueryLanguage`, 'A JSONata machine cannot hold JSONPath states');
      }
      const inner = (graph: JsonObject, at: string): StateGraph => this.compile(graph, at, language);
      const state = compileState({ checker, raw: rawState, name, place, language: own, inner });
      if (state) states.set(name, state);
    }
    this.checkTransitions({ startAt, states }, Object.keys(rawStates), location);
    return { startAt, states };
  }

  private checkName(name: string, place: string): void {
    if (name.length === 0 || name.length > MAX_STATE_NAME_LENGTH) {
      this.checker.fault(
        place,
        `State names have 1 to ${MAX_STATE_NAME_LENGTH} characters, but this one has ${name.length}`,
      );
    }
    if (this.names.has(name)) {
      this.checker.fault(place, `State name '${name}' is used twice in this machine`, 'DUPLICATE_STATE_NAME');
    }
    this.names.add(name);
  }

  private checkTransitions(graph: StateGraph, names: string[], location: string): void {
    const known = new Set(names);
    const reached = new Set<string>();
    const follow = (from: string, target: string): void => {
      if (!known.has(target)) {
        const place = from === '' ? `${location}/StartAt` : `${location}/States/${from}`;
        this.checker.fault(place, `Missing transition target: '${target}'`, 'MISSING_TRANSITION_TARGET');
      } else if (!reached.has(target)) {
        reached.add(target);
        const state = graph.states.get(target);
        for (const next of state ? targetsOf(state) : []) follow(target, next);
      }
    };
    if (graph.startAt !== '') follow('', graph.startAt);
    // A state that could not be read hides its own targets: say nothing about those.
    if (graph.startAt === '' || graph.states.size < names.length) return;
    for (const name of names) {
      if (!reached.has(name)) {
        this.checker.fault(
          `${location}/States/${name}`,
          `State '${name}' is not reachable`,
          'MISSING_TRANSITION_TARGET',
        );
      }
    }
  }
}

function languageOf(
  raw: JsonObject,
  inherited: QueryLanguage,
  checker: Checker,
  location: string,
): QueryLanguage {
  const value = raw.QueryLanguage;
  if (value === undefined) return inherited;
  if (value === 'JSONata' || value === 'JSONPath') return value;
  checker.fault(
    `${location}/QueryLanguage`,
    `Expected 'JSONata' or 'JSONPath', but was ${JSON.stringify(value)}`,
  );
  return inherited;
}

function targetsOf(state: State): string[] {
  const targets: (string | undefined)[] = [state.next];
  if (state.type === 'Choice') targets.push(state.fallback, ...state.choices.map((choice) => choice.next));
  if ('catch' in state) targets.push(...state.catch.map((catcher) => catcher.next));
  return targets.filter((target): target is string => target !== undefined && target !== '');
}
