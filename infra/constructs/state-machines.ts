import { ArnFormat, Stack } from 'aws-cdk-lib';
import { type IManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import jobs from '#contracts/jobs.json' with { type: 'json' };
import type { StageConfig } from '../config/stage-config.ts';
import type { StageAssets } from '../stage-assets.ts';
import type { ForgeFunction } from './forge-function.ts';
import type { CpuQueue, GpuQueue } from './job-queues.ts';
import type { PhaseJobs } from './phase-jobs.ts';
import { removalOf } from './removal.ts';
import { TrustedRole } from './trusted-role.ts';
import type { UnscopedPolicies } from './unscoped-policies.ts';

export interface StateMachinesProps {
  readonly config: StageConfig;
  readonly machine: StageAssets['machine'];
  /** A task of the machines by its name in contracts/functions.json. */
  readonly task: (name: string) => ForgeFunction;
  readonly jobs: PhaseJobs;
  readonly gpu: GpuQueue;
  readonly cpu: CpuQueue;
  readonly unscoped: UnscopedPolicies;
}

type MachineName = Parameters<StageAssets['machine']>[0];

const cpuPhases = Object.entries(jobs.phases).filter(([, { gpus }]) => gpus === 0);

const named = (config: StageConfig, machine: MachineName) => `forge-${config.stage}-${machine}`;

/** By its name, so that a function that starts it and a machine that calls the function need no order. */
export function machineArn(stack: Stack, config: StageConfig, machine: MachineName): string {
  const resourceName = named(config, machine);
  return stack.formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** Of every execution of a machine. */
export const executionsArn = (stack: Stack, config: StageConfig, machine: MachineName): string =>
  `${machineArn(stack, config, machine).replace(':stateMachine:', ':execution:')}:*`;

/** The two machines of statemachines/, the same files that run on one machine, with what they may call. */
export class StateMachines extends Construct {
  readonly pipeline: StateMachine;
  readonly phase: StateMachine;
  /** What was put for each name in the files. */
  readonly substitutions: Readonly<Record<MachineName, Readonly<Record<string, string>>>>;
  readonly #props: StateMachinesProps;

  constructor(scope: Construct, id: string, props: StateMachinesProps) {
    super(scope, id);
    this.#props = props;
    const arn = (name: string) => props.task(name).function.functionArn;
    this.substitutions = {
      phase: {
        StartPhaseFunction: arn('start-phase'),
        CompletePhaseFunction: arn('complete-phase'),
        FailPhaseFunction: arn('fail-phase'),
        GpuJobQueue: props.gpu.queue.jobQueueArn,
        CpuJobQueue: props.cpu.queue.jobQueueArn,
        CpuPhases: cpuPhases.map(([slug]) => slug).join(' '),
        JobDefinitionPrefix: props.jobs.prefix,
      },
      pipeline: {
        PrepareRunFunction: arn('prepare-run'),
        FinishRunFunction: arn('finish-run'),
        PhaseStateMachine: machineArn(Stack.of(this), props.config, 'phase'),
      },
    };
    const { jobsRead, jobsTerminate } = props.unscoped;
    this.phase = this.#machine('phase', this.#phaseStatements(), [jobsRead, jobsTerminate]);
    this.pipeline = this.#machine('pipeline', this.#pipelineStatements());
    // The pipeline names the phase machine by its ARN only.
    this.pipeline.node.addDependency(this.phase);
  }

  #machine(
    name: MachineName,
    statements: readonly PolicyStatement[],
    policies: readonly IManagedPolicy[] = [],
  ): StateMachine {
    const { config, machine, unscoped } = this.#props;
    const scope = new Construct(this, name === 'pipeline' ? 'Pipeline' : 'Phase');
    const role = new TrustedRole(scope, 'Role', {
      service: 'states',
      source: {
        service: 'states',
        resource: 'stateMachine',
        resourceName: named(config, name),
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      },
      managedPolicies: [unscoped.tracing, unscoped.logDelivery, ...policies],
    });
    for (const statement of statements) role.addToPolicy(statement);
    return new StateMachine(scope, 'Machine', {
      stateMachineName: named(config, name),
      definitionBody: DefinitionBody.fromFile(machine(name)),
      definitionSubstitutions: { ...this.substitutions[name] },
      role: role.withoutPolicyUpdates(),
      tracingEnabled: true,
      logs: {
        level: LogLevel.ALL,
        includeExecutionData: false,
        // Groups below this name do not count against the size of the account's resource policy.
        destination: new LogGroup(scope, 'Log', {
          logGroupName: `/aws/vendedlogs/states/${named(config, name)}`,
          retention: config.logRetentionDays,
          removalPolicy: removalOf(config),
        }),
      },
    });
  }

  #invoke(...names: readonly string[]): PolicyStatement {
    const resources = names.map((name) => this.#props.task(name).function.functionArn);
    return new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources });
  }

  /** Step Functions learns of the end of what it waits for by a rule that it keeps itself. */
  #waitFor(rule: string): PolicyStatement {
    const resourceName = `StepFunctionsGetEventsFor${rule}Rule`;
    return new PolicyStatement({
      actions: ['events:DescribeRule', 'events:PutRule', 'events:PutTargets'],
      resources: [Stack.of(this).formatArn({ service: 'events', resource: 'rule', resourceName })],
    });
  }

  #phaseStatements(): readonly PolicyStatement[] {
    const { gpu, cpu, jobs: definitions } = this.#props;
    const jobArn = Stack.of(this).formatArn({ service: 'batch', resource: 'job', resourceName: '*' });
    const queues = [gpu.queue.jobQueueArn, cpu.queue.jobQueueArn];
    const submits = [...queues, ...definitions.definitionArns];
    return [
      this.#invoke('start-phase', 'complete-phase', 'fail-phase'),
      new PolicyStatement({ actions: ['batch:SubmitJob'], resources: submits }),
      new PolicyStatement({ actions: ['batch:TagResource'], resources: [jobArn, ...submits] }),
      this.#waitFor('BatchJobs'),
    ];
  }

  #pipelineStatements(): readonly PolicyStatement[] {
    const { config } = this.#props;
    const stack = Stack.of(this);
    return [
      this.#invoke('prepare-run', 'finish-run'),
      new PolicyStatement({
        actions: ['states:StartExecution'],
        resources: [machineArn(stack, config, 'phase')],
      }),
      new PolicyStatement({
        actions: ['states:DescribeExecution', 'states:StopExecution'],
        resources: [executionsArn(stack, config, 'phase')],
      }),
      this.#waitFor('StepFunctionsExecution'),
    ];
  }
}
