import { createHash } from 'node:crypto';
import type { Branch } from './branch.ts';
import type { State } from './definition.ts';
import { dataLimitExceeded, StateFailure, whileExecuting } from './failure.ts';
import type { Json, JsonObject } from './json.ts';
import { type Bindings, evaluateTemplate, evaluateTyped, QueryFailure, type Template } from './jsonata.ts';
import { exceedsPayload } from './limits.ts';

/** How a state was left. */
export interface Exit {
  output: Json;
  next: string | undefined;
  assigned?: Record<string, Json>;
}

/** What only some expressions see: `$states.result`, `$states.errorOutput`, the item of a Map. */
export interface Extra {
  result?: Json;
  errorOutput?: Json;
  mapItem?: Json;
  taskToken?: string;
}

const QUERY_ERROR = 'States.QueryEvaluationError';

/** One visit of a branch to a state: evaluates the state's expressions and words its failures. */
export class Visit<S extends State = State> {
  readonly branch: Branch;
  readonly state: S;
  readonly input: Json;
  /** The same after every replay, and different for every visit of every execution. */
  readonly key: string;
  retryCount = 0;
  private readonly number: number;
  private readonly enteredTime: string;

  constructor(branch: Branch, state: S, input: Json) {
    this.branch = branch;
    this.state = state;
    this.input = input;
    this.number = branch.countVisit(state.name);
    this.key = `${branch.execution.name}:${branch.path}${state.name}#${this.number}`;
    this.enteredTime = new Date(branch.execution.history.now).toISOString();
  }

  /** Key of the current attempt. */
  get attemptKey(): string {
    return `${this.key}.${this.retryCount}`;
  }

  /** Name of the current attempt within its branch, for the paths of inner branches. */
  get place(): string {
    return `${this.state.name}#${this.number}.${this.retryCount}`;
  }

  /** Task token of the current attempt: nobody can guess it without the execution's seed. */
  get token(): string {
    return createHash('sha256')
      .update(`${this.branch.execution.seed}|${this.attemptKey}`)
      .digest('base64url');
  }

  /** Evaluates a field; a failure is recorded and becomes a StateFailure. */
  async evaluate(template: Template, location: string, extra: Extra = {}): Promise<Json> {
    if (template.kind === 'literal') return template.value;
    return this.guarded(() => evaluateTemplate(template, this.bindings(extra), location));
  }

  /** Evaluates a field whose result must have one type. */
  async typed<T extends Json>(
    template: Template,
    location: string,
    type: 'array' | 'boolean' | 'number' | 'string',
    extra: Extra = {},
  ): Promise<T> {
    return this.guarded(() => evaluateTyped<T>(template, this.bindings(extra), location, type));
  }

  /** Evaluates an optional whole number within bounds. */
  async wholeNumber(
    template: Template | undefined,
    location: string,
    bounds: [number, number],
  ): Promise<number | undefined> {
    if (!template) return undefined;
    const value = await this.typed<number>(template, location, 'number');
    if (Number.isInteger(value) && value >= bounds[0] && value <= bounds[1]) return value;
    throw this.queryFailure(
      `The ${location} field must be an integer between ${bounds[0]} and ${bounds[1]}, but was: ${value}`,
      location,
    );
  }

  /** Records EvaluationFailed and gives the failure to throw. */
  queryFailure(sentence: string, location?: string, previous?: number): StateFailure {
    const { branch, state } = this;
    const cause = whileExecuting(state.name, branch.trail.entered, sentence);
    const atEntry = branch.trail.last === branch.trail.entered ? branch.trail.beforeEntry : branch.trail.last;
    branch.record(
      'EvaluationFailed',
      { error: QUERY_ERROR, cause, location, state: state.name },
      previous ?? atEntry,
    );
    return new StateFailure(QUERY_ERROR, cause, {
      evaluation: { state: state.name, ...(location === undefined ? {} : { location }) },
    });
  }

  /** Evaluates Assign and Output of the state, or of the rule or catcher that was chosen, and checks their size. */
  async leave(
    source: { output?: Template; assign?: Template },
    next: string | undefined,
    fallback: Json,
    extra: Extra = {},
    prefix = '',
  ): Promise<Exit> {
    const assigned = source.assign ? await this.evaluate(source.assign, `${prefix}Assign`, extra) : undefined;
    const output = source.output ? await this.evaluate(source.output, `${prefix}Output`, extra) : fallback;
    for (const value of [output, ...Object.values((assigned ?? {}) as JsonObject)])
      this.checkSize(value, this.state.name);
    return assigned === undefined ? { output, next } : { output, next, assigned: assigned as JsonObject };
  }

  /** Refuses a value that may not travel on. */
  checkSize(value: Json, source: string): void {
    if (exceedsPayload(value)) {
      throw new StateFailure('States.DataLimitExceeded', dataLimitExceeded(source), { explicitOnly: true });
    }
  }

  private async guarded<T>(evaluation: () => Promise<T>): Promise<T> {
    try {
      return await evaluation();
    } catch (error) {
      if (error instanceof QueryFailure) throw this.queryFailure(error.message, error.location);
      throw error;
    }
  }

  private bindings(extra: Extra): Bindings {
    const { execution, variables } = this.branch;
    const states: Record<string, Json> = { input: this.input, context: this.context(extra) };
    if (extra.result !== undefined) states.result = extra.result;
    if (extra.errorOutput !== undefined) states.errorOutput = extra.errorOutput;
    return { states, variables, world: execution.world };
  }

  private context({ mapItem = this.branch.mapItem, taskToken }: Extra): JsonObject {
    const recoverable = 'retry' in this.state;
    const context: JsonObject = {
      ...this.branch.execution.context,
      State: {
        Name: this.state.name,
        EnteredTime: this.enteredTime,
        ...(recoverable ? { RetryCount: this.retryCount } : {}),
      },
    };
    if (mapItem !== undefined) context.Map = { Item: mapItem };
    if (taskToken !== undefined) context.Task = { Token: taskToken };
    return context;
  }
}
