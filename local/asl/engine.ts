import {
  type Engine,
  EngineError,
  type EngineOptions,
  type ExecutionDescription,
  type StartRequest,
} from './api.ts';
import { type ChildEngine, type ParentLink, runChildExecution, startsExecution } from './child-executions.ts';
import { systemClock } from './clock.ts';
import type { Machine } from './definition.ts';
import { Execution } from './execution.ts';
import type { HistoryEvent } from './history.ts';
import {
  type FinishedEntry,
  JournalConflict,
  type JournalEntry,
  type JournalFact,
  type StartedEntry,
} from './journal.ts';
import { canonicalJson, type Json, type JsonObject } from './json.ts';
import { exceedsPayload, isExecutionName } from './limits.ts';
import { compileMachine } from './machine.ts';
import { Names } from './names.ts';
import { namedUuid } from './random.ts';

type Started = StartedEntry & { at: number };
type Finished = FinishedEntry & { at: number };

interface Running {
  execution: Execution;
  ended: Promise<void>;
  end: () => void;
  fail: (error: unknown) => void;
}

/** Makes an engine. Checks all definitions; throws DefinitionError for the first that is wrong. */
export function createEngine(options: EngineOptions): Engine {
  return new EmbeddedEngine(options);
}

class EmbeddedEngine implements Engine, ChildEngine {
  private readonly options: EngineOptions;
  private readonly names: Names;
  private readonly clock;
  private readonly running = new Map<string, Running>();
  private readonly starting = new Map<string, Promise<ExecutionDescription>>();
  private readonly tokens = new Map<string, { name: string; key: string }>();
  private readonly compiled = new Map<string, Machine>();

  constructor(options: EngineOptions) {
    this.options = options;
    this.names = new Names(options.location, options.roleArn);
    this.clock = options.clock ?? systemClock;
    for (const [arn, definition] of Object.entries(options.machines)) {
      try {
        this.compile(definition);
      } catch (error) {
        (error as Error).message = `${arn}: ${(error as Error).message}`;
        throw error;
      }
    }
  }

  start(request: StartRequest): Promise<ExecutionDescription> {
    return this.startChild(request, undefined);
  }

  async startChild(request: StartRequest, parent: ParentLink | undefined): Promise<ExecutionDescription> {
    this.checkRequest(request);
    // Two starts of one name at once must not both find an empty journal.
    const previous = this.starting.get(request.name) ?? Promise.resolve();
    const start = previous
      .catch(() => undefined)
      .then(async () => {
        const description = await this.startOnce(request, parent);
        // After a restart the parent may come back before its child: the child must run before it is waited for.
        if (parent && description.status === 'RUNNING') await this.resume(request.name);
        return description;
      });
    this.starting.set(request.name, start);
    try {
      return await start;
    } finally {
      if (this.starting.get(request.name) === start) this.starting.delete(request.name);
    }
  }

  async stop(name: string, error?: string, cause?: string): Promise<void> {
    if ((await this.describe(name)).status !== 'RUNNING') return;
    // A stop between a restart and resumeAll() must not be lost.
    await this.resume(name);
    const running = this.running.get(name);
    if (!running) return;
    const reason = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
    await running.execution.deliver({ type: 'stop', ...reason }).catch((refusal: unknown) => {
      if (!running.execution.finished) throw refusal;
    });
    await running.ended;
  }

  async describe(name: string): Promise<ExecutionDescription> {
    const execution = this.running.get(name)?.execution;
    if (execution) return this.names.describe(name, execution.started, execution.finished);
    const { started, rest } = await this.load(name);
    const last = rest.at(-1);
    return this.names.describe(name, started, last?.type === 'finished' ? last : undefined);
  }

  async history(name: string): Promise<HistoryEvent[]> {
    const running = this.running.get(name);
    if (running) return [...running.execution.history.events];
    const { started, rest } = await this.load(name);
    if (rest.at(-1)?.type !== 'finished') {
      throw new EngineError(
        'ExecutionNotResumed',
        `Execution '${name}' is open but not running here; call resumeAll() first.`,
      );
    }
    const execution = this.assemble(name, started, rest, { onFinished: () => undefined, onFault: raise });
    await execution.run();
    return execution.history.events;
  }

  async resumeAll(): Promise<string[]> {
    const resumed: string[] = [];
    const open = (await this.options.journal.listOpen()).filter((name) => !this.running.has(name));
    for (const name of open) {
      try {
        await this.resume(name);
        resumed.push(name);
      } catch (error) {
        // One journal that cannot be read must not keep the others from going on.
        this.options.onFault?.(name, error);
      }
    }
    return resumed;
  }

  /** Goes on with one open execution, unless it runs here already. */
  private async resume(name: string): Promise<void> {
    if (this.running.has(name)) return;
    const { started, rest } = await this.load(name);
    if (this.running.has(name) || rest.at(-1)?.type === 'finished') return;
    await this.launch(name, started, rest);
    if (await this.isOrphan(started))
      await this.stop(name, undefined, 'The execution that waited for it has ended.');
  }

  /** A crash between the end of a parent and the stop of its child leaves the child behind. */
  private async isOrphan({ parent }: Started): Promise<boolean> {
    if (!parent) return false;
    const entries = await this.options.journal.load(parent.execution);
    return entries.at(-1)?.type === 'finished';
  }

  async waitFor(name: string): Promise<ExecutionDescription> {
    const running = this.running.get(name);
    if (running) {
      await running.ended;
      return this.names.describe(name, running.execution.started, running.execution.finished);
    }
    const description = await this.describe(name);
    if (description.status !== 'RUNNING') return description;
    throw new EngineError(
      'ExecutionNotResumed',
      `Execution '${name}' is open but not running here; call resumeAll() first.`,
    );
  }

  async sendTaskSuccess(token: string, output: Json): Promise<void> {
    if (exceedsPayload(output))
      throw new EngineError(
        'InvalidOutput',
        'The output is larger than 256 KiB; store it and send its address.',
      );
    await this.answer(token, (key) => ({ type: 'completed', key, outcome: { output } }));
  }

  async sendTaskFailure(token: string, error?: string, cause?: string): Promise<void> {
    const outcome = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
    await this.answer(token, (key) => ({ type: 'completed', key, outcome }));
  }

  async sendTaskHeartbeat(token: string): Promise<void> {
    const { name, key } = this.expected(token);
    this.running.get(name)?.execution.heartbeat(key);
  }

  close(): void {
    for (const { execution, fail } of this.running.values()) {
      execution.close();
      fail(
        new EngineError(
          'EngineClosed',
          `The engine was closed while execution '${execution.name}' was running; resumeAll() goes on with it.`,
        ),
      );
    }
    this.running.clear();
    this.tokens.clear();
  }

  private checkRequest({ name, machineArn, input }: StartRequest): void {
    if (!isExecutionName(name)) {
      throw new EngineError(
        'InvalidName',
        `'${name}' is no execution name; expected 1 to 80 letters, digits, '-' or '_'.`,
      );
    }
    if (!Object.hasOwn(this.options.machines, machineArn)) {
      const known = Object.keys(this.options.machines).join(', ');
      throw new EngineError(
        'StateMachineDoesNotExist',
        `There is no state machine '${machineArn}'. Known: ${known}.`,
      );
    }
    if (exceedsPayload(input)) {
      throw new EngineError(
        'InvalidExecutionInput',
        `The input of '${name}' is larger than 256 KiB; store it and pass its address.`,
      );
    }
  }

  private async startOnce(
    request: StartRequest,
    parent: ParentLink | undefined,
  ): Promise<ExecutionDescription> {
    const { name, machineArn } = request;
    const [first] = await this.options.journal.load(name);
    if (first) return this.existing(request, first);
    const definition = this.options.machines[machineArn] ?? {};
    // Later changes of the caller's object must not reach what the journal holds.
    const input = JSON.parse(JSON.stringify(request.input)) as Json;
    const random = this.options.random ?? Math.random;
    const seed = namedUuid(`${random()}:${random()}:${name}`);
    const started: Started & { seq: number } = {
      type: 'started',
      machineArn,
      definition,
      input,
      seed,
      seq: 0,
      at: this.clock.now(),
      ...(parent ? { parent } : {}),
    };
    try {
      await this.options.journal.append(name, started);
    } catch (error) {
      const [winner] = error instanceof JournalConflict ? await this.options.journal.load(name) : [];
      if (winner) return this.existing(request, winner);
      throw error;
    }
    const description = this.names.describe(name, started, undefined);
    this.options.onStatusChange?.(description);
    void this.launch(name, started, []);
    return description;
  }

  private async existing(request: StartRequest, first: JournalEntry): Promise<ExecutionDescription> {
    const same =
      first.type === 'started' &&
      first.machineArn === request.machineArn &&
      canonicalJson(first.input) === canonicalJson(request.input);
    if (same) return this.describe(request.name);
    throw new EngineError(
      'ExecutionAlreadyExists',
      `Execution '${request.name}' exists with another machine or input; choose another name.`,
    );
  }

  private async launch(name: string, started: Started, rest: JournalEntry[]): Promise<void> {
    let end: () => void = () => undefined;
    let fail: (error: unknown) => void = () => undefined;
    const ended = new Promise<void>((resolve, reject) => {
      end = resolve;
      fail = reject;
    });
    // Whoever waits gets the fault; without a waiter it must not end the process.
    ended.catch(() => undefined);
    const execution = this.assemble(name, started, rest, {
      onFinished: (entry) => {
        this.running.delete(name);
        this.options.onStatusChange?.(this.names.describe(name, started, entry));
        end();
      },
      onFault: (error) => {
        this.running.delete(name);
        fail(error);
        this.options.onFault?.(name, error);
      },
    });
    this.running.set(name, { execution, ended, end, fail });
    await execution.run();
  }

  private assemble(
    name: string,
    started: Started,
    recorded: JournalEntry[],
    events: { onFinished: (entry: Finished) => void; onFault: (error: unknown) => void },
  ): Execution {
    const { journal, tasks, childExecutions } = this.options;
    return new Execution({
      name,
      machine: this.compile(started.definition),
      started,
      recorded,
      context: this.names.context(name, started),
      mapRunArn: (label, key) => this.names.mapRunArn(started.machineArn, label, key),
      world: {
        clock: this.clock,
        append: (entry) => journal.append(name, entry),
        run: async (call) =>
          childExecutions !== 'tasks' && startsExecution(call.resource)
            ? runChildExecution(this, call)
            : tasks.run(call),
        expectToken: (token, key) => this.tokens.set(token, { name, key }),
        forgetToken: (token) => this.tokens.delete(token),
        ...events,
      },
    });
  }

  private async load(name: string): Promise<{ started: Started; rest: JournalEntry[] }> {
    const [started, ...rest] = await this.options.journal.load(name);
    if (started?.type === 'started') return { started, rest };
    throw new EngineError('ExecutionDoesNotExist', `There is no execution '${name}'.`);
  }

  private expected(token: string): { name: string; key: string } {
    const waiting = this.tokens.get(token);
    if (waiting) return waiting;
    throw new EngineError(
      'TaskTimedOut',
      'No task waits for this token: it was answered, timed out, or never given.',
    );
  }

  private async answer(token: string, fact: (key: string) => JournalFact): Promise<void> {
    const { name, key } = this.expected(token);
    await this.running.get(name)?.execution.deliver(fact(key));
  }

  /** Parsing expressions is slow, so equal definitions share one machine. */
  private compile(definition: JsonObject): Machine {
    const text = canonicalJson(definition);
    const machine = this.compiled.get(text) ?? compileMachine(definition);
    this.compiled.set(text, machine);
    return machine;
  }
}

function raise(error: unknown): void {
  throw error;
}
