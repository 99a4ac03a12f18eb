/** What runs a run: functions, job definitions, state machines, what triggers them, and who is told. */
import { ArnFormat, Stack, type StackProps } from 'aws-cdk-lib';
import { DockerImageAsset } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage } from 'aws-cdk-lib/aws-ecs';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { type FunctionFacts, isOfTheApi, TRIGGERS_VARIABLE } from '#contracts/source/functions.ts';
import type { StageConfig } from '../config/stage-config.ts';
import { DeadLetters } from '../constructs/dead-letters.ts';
import { EventSocket } from '../constructs/event-socket.ts';
import { EventTriggers } from '../constructs/event-triggers.ts';
import { ForgeFunction, type FunctionPlace } from '../constructs/forge-function.ts';
import type { GrantedResources } from '../constructs/granted-resources.ts';
import { Notifications } from '../constructs/notifications.ts';
import { PhaseJobs } from '../constructs/phase-jobs.ts';
import { RunAlarms } from '../constructs/run-alarms.ts';
import { RunDashboard } from '../constructs/run-dashboard.ts';
import { SpendingBudget } from '../constructs/spending-budget.ts';
import { executionsArn, machineArn, StateMachines } from '../constructs/state-machines.ts';
import { UnscopedPolicies } from '../constructs/unscoped-policies.ts';
import type { StageAssets } from '../stage-assets.ts';
import type { ComputeStack } from './compute-stack.ts';
import type { DataStack } from './data-stack.ts';

export interface PipelineStackProps extends StackProps {
  readonly config: StageConfig;
  readonly assets: StageAssets;
  readonly data: DataStack;
  readonly compute: ComputeStack;
}

export class PipelineStack extends Stack {
  /** For the functions of other stacks, too. */
  readonly place: FunctionPlace;
  readonly topic: Notifications;
  /** Only where a function answers sockets. */
  readonly socket: EventSocket | undefined;
  readonly machines: StateMachines;
  readonly jobs: PhaseJobs;
  readonly functions: ReadonlyMap<string, ForgeFunction>;
  readonly #deadLetters: DeadLetters;
  readonly #bus: EventBus;
  readonly #props: PipelineStackProps;

  constructor(scope: Construct, id: string, props: PipelineStackProps) {
    super(scope, id, props);
    this.#props = props;
    const { config, assets, compute } = props;
    this.topic = new Notifications(this, 'Notifications', { addresses: config.notify });
    this.#deadLetters = new DeadLetters(this, 'DeadLetters');
    this.#bus = new EventBus(this, 'Bus', { eventBusName: `forge-${config.stage}` });
    if (this.#named('socket').length > 0) this.socket = new EventSocket(this, 'EventSocket', { config });
    this.jobs = this.#jobDefinitions();
    const unscoped = new UnscopedPolicies(this, 'Unscoped');
    this.place = { config, resources: this.#resources(), unscoped, codeOf: assets.codeOf };
    this.functions = this.#functions();
    this.machines = new StateMachines(this, 'StateMachines', {
      config,
      machine: assets.machine,
      task: (name) => this.#demand(name),
      jobs: this.jobs,
      gpu: compute.gpu,
      cpu: compute.cpu,
      unscoped,
    });
    this.#connect();
    this.#watch();
  }

  /** Functions with a trigger, by their names. */
  #named(trigger: FunctionFacts['triggers'][number]): readonly string[] {
    const entries = Object.entries(this.#props.assets.functions);
    return entries.filter(([, { triggers }]) => triggers.includes(trigger)).map(([name]) => name);
  }

  #demand(name: string): ForgeFunction {
    const found = this.functions.get(name);
    if (!found)
      throw new Error(`A state machine calls ${name}; contracts/functions.json has no such function.`);
    return found;
  }

  #jobDefinitions(): PhaseJobs {
    const { config, assets, data } = this.#props;
    const image = (target: string) =>
      ContainerImage.fromDockerImageAsset(
        new DockerImageAsset(this, `Image-${target}`, { ...assets.image, target }),
      );
    const images = { gpu: image('cuda'), cpu: image('cpu') };
    return new PhaseJobs(this, 'Jobs', { config, bucketArn: data.blobs.bucket.bucketArn, images });
  }

  #resources(): GrantedResources {
    const { config, data } = this.#props;
    const secretPrefix = `/forge/${config.stage}/secrets`;
    const stage = config.stage;
    const jobLogGroupArn = this.formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: this.jobs.logGroupName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    return {
      tableName: data.table.table.tableName,
      tableArn: data.table.table.tableArn,
      streamArn: data.table.streamArn,
      bucketName: data.blobs.bucket.bucketName,
      bucketArn: data.blobs.bucket.bucketArn,
      pipelineArn: machineArn(this, config, 'pipeline'),
      executionsArn: executionsArn(this, config, 'pipeline'),
      jobQueueNames: [`forge-${stage}-gpu`, `forge-${stage}-cpu`],
      jobLogGroupName: this.jobs.logGroupName,
      jobLogGroupArn,
      eventBusName: this.#bus.eventBusName,
      eventBusArn: this.#bus.eventBusArn,
      topicArn: this.topic.topicArn,
      sockets: this.socket,
      secretPrefix,
      secretsArn: this.formatArn({
        service: 'ssm',
        resource: 'parameter',
        resourceName: `${secretPrefix.slice(1)}/*`,
      }),
    };
  }

  /** Of every function that no API calls: those belong to the stack that knows the sign-in. */
  #functions(): ReadonlyMap<string, ForgeFunction> {
    const { config, assets } = this.#props;
    const started = { [TRIGGERS_VARIABLE]: JSON.stringify(config.triggers) };
    const starts = ({ triggers }: FunctionFacts) =>
      triggers.includes('object-created') || triggers.includes('schedule');
    const own = Object.entries(assets.functions).filter(([, facts]) => !isOfTheApi(facts));
    return new Map(
      own.map(([name, facts]) => {
        const called = facts.triggers.every((trigger) => trigger === 'task');
        const made = new ForgeFunction(this, name, {
          ...this.place,
          name,
          facts,
          ...(starts(facts) ? { environment: started } : {}),
          ...(called ? {} : { deadLetters: this.#deadLetters }),
        });
        return [name, made];
      }),
    );
  }

  #connect(): void {
    const { config, data, compute } = this.#props;
    const triggers = new EventTriggers(this, 'Triggers', {
      bucketName: data.blobs.bucket.bucketName,
      table: data.table,
      pipelineArn: this.place.resources.pipelineArn,
      jobQueueArns: [compute.gpu.queue.jobQueueArn, compute.cpu.queue.jobQueueArn],
      jobLog: this.jobs.logGroup,
      bus: this.#bus as IEventBus,
      deadLetters: this.#deadLetters,
      schedules: config.triggers.schedules,
    });
    for (const [name, made] of this.functions)
      triggers.connect(name, made, this.#props.assets.functions[name]?.triggers ?? []);
    triggers.tellOfBlockedQueues(this.topic);
  }

  #watch(): void {
    const { config, data } = this.#props;
    const { topic, machines } = this;
    const handlers = new Map([...this.functions].map(([name, made]) => [name, made.function]));
    const name = `forge-${config.stage}`;
    new RunAlarms(this, 'Alarms', {
      topic,
      deadLetters: this.#deadLetters,
      functions: [...handlers.values()],
      pipeline: machines.pipeline,
    });
    new RunDashboard(this, 'Dashboard', {
      name,
      machines: [machines.pipeline, machines.phase],
      functions: handlers,
      table: data.table.table,
    });
    new SpendingBudget(this, 'Budget', {
      name,
      monthlyUsd: config.budget.monthlyUsd,
      topicArn: topic.topicArn,
    });
  }
}
