import { ArnFormat, Duration, Size, Stack } from 'aws-cdk-lib';
import {
  Action,
  EcsEc2ContainerDefinition,
  EcsJobDefinition,
  LinuxParameters,
  Reason,
  RetryStrategy,
} from 'aws-cdk-lib/aws-batch';
import { type ContainerImage, LogDriver } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import jobs from '#contracts/jobs.json' with { type: 'json' };
import type { StageConfig } from '../config/stage-config.ts';
import { removalOf } from './removal.ts';
import { TrustedRole } from './trusted-role.ts';

type Phase = (typeof jobs.phases)['cognate'];

export interface PhaseJobsProps {
  readonly config: StageConfig;
  readonly bucketArn: string;
  readonly images: { readonly gpu: ContainerImage; readonly cpu: ContainerImage };
}

/** Where a job reads its task and its inputs, and where it leaves what it made (core/domain/blob-key.ts). */
const READS = ['runs/*', 'blobs/*', 'staging/*', 'checkpoints/*'];
const WRITES = ['blobs/*', 'staging/*', 'checkpoints/*'];
/** Its own older checkpoints and the blobs that only they held. */
const DELETES = ['blobs/*', 'checkpoints/*'];

const ACTIONS: Readonly<Record<string, Action>> = { RETRY: Action.RETRY, EXIT: Action.EXIT };

const retryStrategies = jobs.evaluateOnExit.map(({ action, ...on }) => {
  const wanted = ACTIONS[action];
  if (!wanted)
    throw new Error(`jobs.json: evaluateOnExit has the action ${action}; Batch knows RETRY and EXIT.`);
  return RetryStrategy.of(wanted, Reason.custom(on));
});

/** The job definitions: one per phase, from contracts/jobs.json; all of one image definition and under one role. */
export class PhaseJobs extends Construct {
  readonly logGroup: LogGroup;
  readonly logGroupName: string;
  /** What the state machine puts before a phase's name to find its definition. */
  readonly prefix: string;
  readonly jobRole: TrustedRole;
  readonly executionRole: TrustedRole;
  /** Of every revision, the newest without its number included. */
  readonly definitionArns: readonly string[];

  constructor(scope: Construct, id: string, props: PhaseJobsProps) {
    super(scope, id);
    const { config } = props;
    this.prefix = `forge-${config.stage}-`;
    this.logGroupName = `/forge/${config.stage}/jobs`;
    this.logGroup = new LogGroup(this, 'Log', {
      logGroupName: this.logGroupName,
      retention: config.logRetentionDays,
      removalPolicy: removalOf(config),
    });
    this.executionRole = this.#taskRole('ExecutionRole');
    this.jobRole = this.#taskRole('JobRole');
    this.#allowBlobs(props.bucketArn);
    for (const [index, [slug, phase]] of Object.entries(jobs.phases).entries())
      this.#definition(slug, phase as Phase, index, props);
    this.definitionArns = Object.keys(jobs.phases).flatMap((slug) => {
      const name = Stack.of(this).formatArn({
        service: 'batch',
        resource: 'job-definition',
        resourceName: `${this.prefix}${slug}`,
      });
      return [name, `${name}:*`];
    });
  }

  /** Taken by ECS on behalf of tasks of this account and region. */
  #taskRole(id: string): TrustedRole {
    const source = { service: 'ecs', resource: '*', arnFormat: ArnFormat.NO_RESOURCE_NAME };
    return new TrustedRole(this, id, { service: 'ecs-tasks', source });
  }

  #allowBlobs(bucketArn: string): void {
    const below = (prefixes: readonly string[]) => prefixes.map((prefix) => `${bucketArn}/${prefix}`);
    const statements = [
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [bucketArn],
        conditions: { StringLike: { 's3:prefix': READS } },
      }),
      new PolicyStatement({ actions: ['s3:GetObject'], resources: below(READS) }),
      new PolicyStatement({ actions: ['s3:PutObject', 's3:AbortMultipartUpload'], resources: below(WRITES) }),
      new PolicyStatement({ actions: ['s3:DeleteObject'], resources: below(DELETES) }),
    ];
    for (const statement of statements) this.jobRole.addToPolicy(statement);
  }

  #definition(slug: string, phase: Phase, index: number, { images }: PhaseJobsProps): EcsJobDefinition {
    const logging = LogDriver.awsLogs({ streamPrefix: slug, logGroup: this.logGroup });
    const scope = new Construct(this, slug);
    const container = new EcsEc2ContainerDefinition(scope, 'Container', {
      image: phase.gpus > 0 ? images.gpu : images.cpu,
      command: jobs.command,
      cpu: phase.vcpus,
      memory: Size.mebibytes(phase.memoryMiB),
      ...(phase.gpus > 0 ? { gpu: phase.gpus } : {}),
      logging,
      jobRole: this.jobRole,
      executionRole: this.executionRole,
      privileged: false,
      // Something has to reap what a phase leaves behind, and pass SIGTERM on.
      linuxParameters: new LinuxParameters(scope, 'Linux', { initProcessEnabled: true }),
      environment: { AWS_DEFAULT_REGION: Stack.of(this).region },
    });
    return new EcsJobDefinition(scope, 'Definition', {
      jobDefinitionName: `${this.prefix}${slug}`,
      container,
      retryAttempts: phase.attempts,
      retryStrategies,
      timeout: Duration.seconds(phase.timeoutSeconds),
      // Of one tenant's jobs, those of the run that is nearest to its end go first.
      schedulingPriority: index + 1,
      propagateTags: true,
      // A running execution may still submit the revision that it began with.
      skipDeregisterOnUpdate: true,
    });
  }
}
