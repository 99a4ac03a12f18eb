/** The two real state machines in the embedded engine, on a virtual clock, with functions and jobs that a test scripts. */
import type { ExecutionDescription } from '#local/asl/api.ts';
import { VirtualClock } from '#local/asl/clock.ts';
import { createEngine } from '#local/asl/engine.ts';
import type { HistoryEvent } from '#local/asl/history.ts';
import type { Json } from '#local/asl/json.ts';
import { type TaskCall, TaskError } from '#local/asl/tasks.ts';
import { localMachines, PIPELINE_MACHINE } from '#local/machines.ts';
import { MemoryJournal } from '../local/asl/memory-journal.ts';

export const RUN = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
export const EXECUTION = `${RUN}-1`;

export interface JobArguments {
  readonly JobName: string;
  readonly JobQueue: string;
  readonly ShareIdentifier: string;
  readonly JobDefinition: string;
  readonly Parameters: { readonly task: string };
  readonly ArrayProperties?: { readonly Size: number };
  readonly Tags: Readonly<Record<string, string>>;
}

type Payload = Readonly<Record<string, string>>;

/** What each function answers, and how each job ends; both may throw a TaskError. */
export interface World {
  readonly functions: Readonly<Record<string, (payload: Payload, call: TaskCall) => Json | Promise<Json>>>;
  readonly job: (job: JobArguments, call: TaskCall) => Json | Promise<Json>;
}

export interface Ran {
  readonly description: ExecutionDescription;
  /** Names of functions and of jobs in the order of their calls. */
  readonly calls: readonly string[];
  readonly jobs: readonly JobArguments[];
  readonly payloads: readonly { readonly name: string; readonly payload: Payload }[];
  /** Per execution: the pipeline's, then those of its phases. */
  readonly histories: ReadonlyMap<string, readonly HistoryEvent[]>;
}

export const stage = (name: string, size = 1) => ({
  name,
  jobName: `${EXECUTION}-phase-${name}-1`,
  size,
  task: `file:///bucket/runs/${RUN}/phase/${name}.task.json`,
});

/** What StartPhase answers for a phase without rounds. */
export const started = (stages: Json) => ({ attempt: 1, turn: 'last', stages });

/** Everything succeeds: one phase of a base, an array of three and a reduce. */
export const GOOD: World = {
  functions: {
    'prepare-run': () => ({ phases: ['cognate'] }),
    'start-phase': () => started([stage('base'), stage('variants', 3), stage('evaluate')]),
    'complete-phase': () => ({ outcome: 'done', models: [RUN], gates: { passed: 1, failed: 0 } }),
    'fail-phase': ({ error = '', cause = '' }) => ({
      action: 'fail',
      waitSeconds: 0,
      error,
      cause: cause.slice(0, 1000),
    }),
    'finish-run': ({ outcome = '' }) => ({
      status: outcome.toLowerCase(),
      report: `runs/${RUN}/report.json`,
    }),
  },
  job: ({ JobName }) => ({ JobId: JobName, Status: 'SUCCEEDED' }),
};

/** A world that differs from the good one in some functions or in its jobs. */
export function worldWith(change: { functions?: World['functions']; job?: World['job'] }): World {
  return { job: change.job ?? GOOD.job, functions: { ...GOOD.functions, ...change.functions } };
}

export function openPipeline(world: World) {
  const clock = new VirtualClock();
  const calls: string[] = [];
  const jobs: JobArguments[] = [];
  const payloads: { name: string; payload: Payload }[] = [];
  const journal = new MemoryJournal();
  const answer = async (call: TaskCall): Promise<Json> => {
    if (call.resource === 'arn:aws:states:::batch:submitJob.sync') {
      const job = call.arguments as unknown as JobArguments;
      calls.push(job.Tags['forge-stage'] ?? '');
      jobs.push(job);
      await call.submitted({ JobId: job.JobName, JobName: job.JobName });
      return world.job(job, call);
    }
    const { FunctionName, Payload: payload } = call.arguments as unknown as {
      FunctionName: string;
      Payload: Payload;
    };
    calls.push(FunctionName);
    payloads.push({ name: FunctionName, payload });
    const handler = world.functions[FunctionName];
    if (!handler) throw new TaskError('Lambda.ResourceNotFoundException', FunctionName);
    return { StatusCode: 200, ExecutedVersion: '$LATEST', Payload: await handler(payload, call) };
  };
  const engine = createEngine({
    machines: localMachines(),
    tasks: { run: answer },
    journal,
    clock,
    random: () => 0.5,
  });
  const input = { tenant: 'default', runId: RUN, execution: EXECUTION };
  return {
    engine,
    clock,
    calls,
    start: () => engine.start({ name: EXECUTION, machineArn: PIPELINE_MACHINE, input }),
    async ended(): Promise<Ran> {
      const description = await engine.waitFor(EXECUTION);
      const histories = new Map<string, readonly HistoryEvent[]>();
      for (const name of journal.lines.keys()) {
        await engine.waitFor(name);
        histories.set(name, await engine.history(name));
      }
      return { description, calls, jobs, payloads, histories };
    },
  };
}

export async function runPipeline(world: World): Promise<Ran> {
  const pipeline = openPipeline(world);
  await pipeline.start();
  return pipeline.ended();
}

/** What the largest state payload of a history weighs: inputs, outputs, variables, arguments. */
export function largestPayload(events: readonly HistoryEvent[]): number {
  const sizes = events.flatMap(({ input, output, parameters, assignedVariables }) =>
    [input, output, parameters, assignedVariables].map((value) =>
      value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value)),
    ),
  );
  return Math.max(0, ...sizes);
}

/** Names of the states in the order in which they were entered. */
export function statesOf(events: readonly HistoryEvent[] = []): readonly string[] {
  return events.flatMap((event) => (event.type.endsWith('StateEntered') ? [event.name ?? ''] : []));
}
