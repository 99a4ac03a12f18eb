/** The embedded cloud: ports, functions, engine and job runner on one machine, wired to each other. */

import { embeddedJobs } from '#adapters/local/embedded-jobs.ts';
import { embeddedWorkflow } from '#adapters/local/embedded-workflow.ts';
import { fileNotifier } from '#adapters/local/file-notifier.ts';
import { localPorts } from '#adapters/local/ports.ts';
import { openDatabase } from '#adapters/local/sqlite-database.ts';
import { sqliteExecutionJournal } from '#adapters/local/sqlite-execution-journal.ts';
import { type HandOvers, sqliteHandOvers } from '#adapters/local/sqlite-hand-overs.ts';
import { sqliteJobJournal } from '#adapters/local/sqlite-job-journal.ts';
import { type UrlSigner, urlSigner } from '#adapters/local/url-signer.ts';
import { guardedSender } from '#adapters/outbound/guarded-sender.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { Triggers } from '#contracts/source/triggers.ts';
import manifest from '#contracts/subscriptions.json' with { type: 'json' };
import { withDeliveries } from '#core/application/commands/queue-deliveries.ts';
import { reconcileRuns } from '#core/application/commands/reconcile-runs.ts';
import type { SpotSettings } from '#core/domain/burst/spot-feed.ts';
import type { LogReader } from '#core/ports/log-reader.ts';
import type { Ports } from '#core/ports/ports.ts';
import type { Sending } from '#core/ports/sending.ts';
import type { Engine, EngineOptions } from './asl/api.ts';
import { createEngine } from './asl/engine.ts';
import { eventRelay } from './event-relay.ts';
import { type FunctionTable, functionTable, subscriberTable } from './function-table.ts';
import type { Home } from './home.ts';
import { watchInbox } from './inbox.ts';
import { jobLogReader } from './job-logs.ts';
import { outputIngestion, statusReport } from './job-output.ts';
import type { ForkLauncher } from './jobs/fork-launcher.ts';
import type { Resources } from './jobs/job.ts';
import { createJobRunner, type JobRunner, type JobRunnerOptions } from './jobs/runner.ts';
import { localMachines, PIPELINE_MACHINE } from './machines.ts';
import { type PollingWorker, pollingWorker, together } from './polling-worker.ts';
import { startSchedules } from './schedules.ts';
import { settlement } from './settlement.ts';
import { type SpotMarket, spotMarket } from './spot-market.ts';
import { taskHandlers } from './task-handlers.ts';

export interface CloudOptions {
  readonly home: Home;
  readonly slots: Resources;
  readonly command: JobRunnerOptions['command'];
  /** Hash of the code that jobs of a phase run now. */
  readonly code: (phase: PhaseSlug) => string;
  /** Closed with the cloud. */
  readonly launcher: ForkLauncher;
  /** Of every job, instead of what contracts/jobs.json says. */
  readonly leaseSeconds?: number;
  /** Which runs start by themselves. */
  readonly triggers: Triggers;
  /** Webhooks may go to this machine, over plain HTTP. */
  readonly webhooksToLoopback: boolean;
  /** A market that takes machines away; absent: this machine is its owner's. */
  readonly spot?: SpotSettings | null;
  /** Base address of this server, known once it listens. */
  readonly url: () => string;
  readonly onFault: (what: string, error: unknown) => void;
}

export interface Cloud {
  readonly ports: Ports & Sending;
  readonly logs: LogReader;
  readonly signer: UrlSigner;
  readonly engine: Engine;
  readonly runner: JobRunner;
  /** Goes on with what a former server left: executions, jobs, and runs that were written but not started. */
  resume(): Promise<void>;
  close(): Promise<void>;
}

/** The secret of this home, which is its user's alone, is the key of its webhooks. */
function sendingOf({ home, url, webhooksToLoopback }: CloudOptions): Sending {
  const ownPort = () => Number(new URL(url()).port);
  const loopback = webhooksToLoopback ? { loopback: { exceptPorts: () => [ownPort()] } } : {};
  return { outbound: guardedSender(loopback), webhookKey: { read: async () => home.token } };
}

/** The end of a pipeline's execution is what its run ends with. */
function settlingEnds(settle: ReturnType<typeof settlement>): NonNullable<EngineOptions['onStatusChange']> {
  return ({ machineArn, name, status, error, cause, input }) => {
    const { tenant, runId } = input as { tenant: string; runId: string };
    if (machineArn === PIPELINE_MACHINE)
      void settle({ tenant, runId, execution: name, status, error, cause });
  };
}

function linesTaken(functions: () => FunctionTable, runner: () => JobRunner): JobRunnerOptions['onLines'] {
  return outputIngestion(functions, (jobId) => runner().describe(jobId));
}

function portsOf(options: CloudOptions, base: Ports, runner: () => JobRunner): Ports & Sending {
  return {
    ...withDeliveries(base),
    ...sendingOf(options),
    code: { hash: async (phase) => options.code(phase) },
    jobs: embeddedJobs(runner),
  };
}

function marketOf(
  settings: CloudOptions['spot'],
  ports: Ports,
  runner: () => JobRunner,
): SpotMarket | undefined {
  if (!settings) return undefined;
  return spotMarket({ settings, ports, interrupt: (jobId) => void runner().interrupt(jobId) });
}

export function openCloud(options: CloudOptions): Cloud {
  const { home, slots, command, launcher, leaseSeconds, triggers, url, onFault } = options;
  const database = openDatabase(home.database);
  const signer = urlSigner(url, home.token, () => new Date());
  const workflow = embeddedWorkflow(() => engine, PIPELINE_MACHINE);
  const handOvers = sqliteHandOvers(database, manifest.subscriptions);
  const base = localPorts({ database, bucket: home.bucket, signer, workflow, handOvers });
  const ports = portsOf(options, base, () => runner);
  const market = marketOf(options.spot, ports, () => runner);
  const functions: FunctionTable = functionTable(ports, triggers);
  const runner: JobRunner = createJobRunner({
    slots,
    logsDirectory: home.jobLogs,
    journal: sqliteJobJournal(database),
    command,
    launcher,
    onLines: linesTaken(
      () => functions,
      () => runner,
    ),
    onStatus: statusReport(() => functions, onFault, market?.machineOf),
    onFault: (error) => onFault('job runner', error),
  });
  const settle = settlement(runner, functions, onFault);
  const engine: Engine = createEngine({
    machines: localMachines(),
    tasks: taskHandlers(functions, runner, leaseSeconds),
    journal: sqliteExecutionJournal(database),
    onStatusChange: settlingEnds(settle),
    onFault: (name, error) => onFault(`execution ${name}`, error),
  });
  let stopTriggers: () => Promise<void> = async () => undefined;
  const workers = workersOf({ home, functions, handOvers, onFault });
  return {
    ports,
    logs: jobLogReader(runner, home.jobLogs),
    signer,
    engine,
    runner,
    async resume() {
      await runner.resume();
      await engine.resumeAll();
      // Not waited for: it may have to wait for a job to end, and the server is there in the meantime.
      await reconcileRuns(ports, async (end) => void settle(end), onFault);
      stopTriggers = startTriggers({ ports, functions, triggers, onFault });
      workers.start();
    },
    async close() {
      market?.close();
      await stopTriggers();
      await workers.stop();
      engine.close();
      await runner.close();
      await launcher.close();
      database.close();
    },
  };
}

/** Webhooks and subscribers: neither waits for the other. */
function workersOf({
  home,
  functions,
  handOvers,
  onFault,
}: Pick<CloudOptions, 'home' | 'onFault'> & {
  readonly functions: FunctionTable;
  readonly handOvers: HandOvers;
}): PollingWorker {
  const webhooks = pollingWorker(
    () => functions['deliver-webhooks']({}),
    (error) => onFault('webhooks', error),
  );
  const meter = pollingWorker(
    () => functions['meter-runs']({}),
    (error) => onFault('meter', error),
  );
  const subscribers = subscriberTable({ notifier: fileNotifier(home.notifications) });
  return together([webhooks, meter, eventRelay({ handOvers, subscribers, now: () => new Date(), onFault })]);
}

/** The clock and the inbox; both call functions that the server provides itself. */
function startTriggers(options: {
  ports: Ports;
  functions: FunctionTable;
  triggers: Triggers;
  onFault: CloudOptions['onFault'];
}): () => Promise<void> {
  const { ports, functions, triggers, onFault } = options;
  const stopClock = startSchedules(triggers.schedules, functions['on-schedule'], onFault);
  const stopInbox = watchInbox({ blobs: ports.blobs, onUpload: functions['on-upload'], onFault });
  return async () => {
    stopClock();
    await stopInbox();
  };
}
