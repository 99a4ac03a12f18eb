import { Duration } from 'aws-cdk-lib';
import { type IManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type Code,
  Function as LambdaFunction,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type FunctionFacts, type Grant, variablesOf } from '#contracts/source/functions.ts';
import type { StageConfig } from '../config/stage-config.ts';
import { ALLOWED, type GrantedResources, VALUES } from './granted-resources.ts';
import { removalOf } from './removal.ts';
import type { UnscopedPolicies } from './unscoped-policies.ts';

export const RUNTIME = Runtime.NODEJS_24_X;

/** What all functions of a stage have in common. */
export interface FunctionPlace {
  readonly config: StageConfig;
  readonly resources: GrantedResources;
  readonly unscoped: UnscopedPolicies;
  /** The folder of a function's bundle, as scripts/build.mjs makes it. */
  readonly codeOf: (name: string) => Code;
}

export interface ForgeFunctionProps extends FunctionPlace {
  /** A key of contracts/functions.json. */
  readonly name: string;
  readonly facts: FunctionFacts;
  readonly environment?: Readonly<Record<string, string>>;
  /** Takes the events that failed three times. @default none: the caller learns of the failure itself */
  readonly deadLetters?: IQueue;
}

/** One function of contracts/functions.json with a role that may do what its grants say, and write its own log. */
export class ForgeFunction extends Construct {
  readonly function: LambdaFunction;
  readonly logGroup: LogGroup;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: ForgeFunctionProps) {
    super(scope, id);
    const { name, facts, config, resources, deadLetters } = props;
    this.logGroup = new LogGroup(this, 'Log', {
      retention: config.logRetentionDays,
      removalPolicy: removalOf(config),
    });
    this.role = this.#role(props);
    const variables = variablesOf(facts.grants).map((variable) => [variable, VALUES[variable](resources)]);
    this.function = new LambdaFunction(this, 'Function', {
      description: `Agent Forge ${config.stage}: ${name}`,
      runtime: RUNTIME,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: props.codeOf(name),
      memorySize: facts.memoryMiB,
      timeout: Duration.seconds(facts.timeoutSeconds),
      logGroup: this.logGroup,
      tracing: Tracing.ACTIVE,
      // Its rights stand in the role; the construct would add some of its own.
      role: this.role.withoutPolicyUpdates(),
      ...(deadLetters ? { deadLetterQueue: deadLetters } : {}),
      environment: {
        NODE_OPTIONS: '--enable-source-maps',
        POWERTOOLS_SERVICE_NAME: name,
        POWERTOOLS_METRICS_NAMESPACE: 'AgentForge',
        FORGE_STAGE: config.stage,
        ...Object.fromEntries(variables),
        ...props.environment,
      },
    });
  }

  #role({ facts, resources, unscoped, deadLetters }: ForgeFunctionProps): Role {
    const shared: Partial<Record<Grant, IManagedPolicy>> = {
      'jobs:read': unscoped.jobsRead,
      'jobs:terminate': unscoped.jobsTerminate,
    };
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      managedPolicies: [unscoped.tracing, ...facts.grants.flatMap((grant) => shared[grant] ?? [])],
    });
    const allow = (actions: readonly string[], on: readonly string[]) =>
      role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: [...on] }));
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [this.logGroup.logGroupArn]);
    if (deadLetters) allow(['sqs:SendMessage'], [deadLetters.queueArn]);
    for (const grant of facts.grants.filter((each) => !shared[each]))
      for (const { actions, on } of ALLOWED[grant]) allow(actions, on(resources));
    return role;
  }
}
