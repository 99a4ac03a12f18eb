import { readFileSync } from 'node:fs';
import validate from 'asl-validator';
import { Token } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import jobs from '#contracts/jobs.json' with { type: 'json' };
import { TRIGGERS_VARIABLE } from '#contracts/source/functions.ts';
import { triggers } from '#contracts/source/triggers.ts';
import { EVERY_WORD, fixtureAssets } from './fixture-assets.ts';
import { devConfig, synthesise } from './synthesised-stage.ts';

const NIGHTLY = triggers.parse({
  apiVersion: 'forge/v1',
  kind: 'Triggers',
  schedules: [
    {
      name: 'nightly',
      cron: '30 2 * * 1-5',
      run: { apiVersion: 'forge/v1', kind: 'Run', preset: 'demo', phases: ['cognate'], seed: 7, input: {} },
    },
  ],
});
const { stage, templateOf } = synthesise({ config: { notify: ['ops@example.org'], triggers: NIGHTLY } });
const template = templateOf(stage.pipeline);
const propertiesOf = (type: string, where: object = {}) =>
  Object.values(template.findResources(type, { Properties: where })).map(({ Properties }) => Properties);
const text = (value: unknown) => JSON.stringify(value);

describe('a job definition', () => {
  const definitions = propertiesOf('AWS::Batch::JobDefinition');
  const of = (slug: string) =>
    definitions.find(({ JobDefinitionName }) => JobDefinitionName === `forge-dev-${slug}`);

  it('stands for each phase of contracts/jobs.json and for nothing else', () => {
    const names = definitions.map(({ JobDefinitionName }) => JobDefinitionName).sort();
    expect(names).toEqual(
      Object.keys(jobs.phases)
        .map((slug) => `forge-dev-${slug}`)
        .sort(),
    );
  });

  it.each(Object.entries(jobs.phases))('of %s asks for what the manifest says', (slug, phase) => {
    const { ContainerProperties: container, Timeout, RetryStrategy } = of(slug);
    const wanted = new Map(
      container.ResourceRequirements.map(({ Type, Value }: Record<string, string>) => [Type, Value]),
    );
    expect(wanted.get('VCPU')).toBe(String(phase.vcpus));
    expect(wanted.get('MEMORY')).toBe(String(phase.memoryMiB));
    expect(wanted.get('GPU')).toBe(phase.gpus === 0 ? undefined : String(phase.gpus));
    expect(container.Command).toEqual(jobs.command);
    expect(Timeout).toEqual({ AttemptDurationSeconds: phase.timeoutSeconds });
    expect(RetryStrategy.Attempts).toBe(phase.attempts);
  });

  it('retries the loss of a host, a failed pull and exit 75, and ends with everything else', () => {
    for (const { RetryStrategy } of definitions) {
      const rules = RetryStrategy.EvaluateOnExit;
      expect(rules).toEqual(
        jobs.evaluateOnExit.map(({ action, ...on }) => ({
          Action: action,
          ...Object.fromEntries(Object.entries(on).map(([key, value]) => [`O${key.slice(1)}`, value])),
        })),
      );
      expect(rules.at(-1)).toEqual({ Action: 'EXIT', OnReason: '*' });
      expect(RetryStrategy.Attempts).toBeGreaterThan(1);
    }
    expect(jobs.evaluateOnExit[0]).toEqual({ onStatusReason: 'Host EC2*', action: 'RETRY' });
  });

  it('has an init process, no privileges, its own region, and keeps older revisions', () => {
    template.allResourcesProperties('AWS::Batch::JobDefinition', {
      ContainerProperties: Match.objectLike({
        LinuxParameters: Match.objectLike({ InitProcessEnabled: true }),
        Privileged: false,
        Environment: [{ Name: 'AWS_DEFAULT_REGION', Value: 'us-east-1' }],
      }),
      ResourceRetentionPolicy: { SkipDeregisterOnUpdate: true },
      PropagateTags: true,
    });
  });

  it('lets the run that is nearest to its end go first', () => {
    const priorities = Object.keys(jobs.phases).map((slug) => of(slug)?.SchedulingPriority);
    expect(priorities).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('runs one image with CUDA where it has a GPU, and the smaller one where not', () => {
    const images = new Map(
      Object.entries(jobs.phases).map(([slug, { gpus }]) => [
        text(of(slug)?.ContainerProperties.Image),
        gpus > 0,
      ]),
    );
    expect([...images.values()].sort()).toEqual([false, true]);
  });
});

describe('the state machines', () => {
  const machines = propertiesOf('AWS::StepFunctions::StateMachine');

  it.each(['pipeline', 'phase'] as const)(
    '%s gets a value for each name of its file, and no other',
    (name) => {
      const file = readFileSync(fixtureAssets().machine(name), 'utf8');
      const used = new Set([...file.matchAll(/\$\{(\w+)\}/g)].map(([, used_]) => used_));
      expect(Object.keys(stage.pipeline.machines.substitutions[name]).sort()).toEqual([...used].sort());
      const machine = machines.find(({ StateMachineName }) => StateMachineName === `forge-dev-${name}`);
      expect(Object.keys(machine?.DefinitionSubstitutions ?? {}).sort()).toEqual([...used].sort());
    },
  );

  it('name the phases without a GPU as the manifest has them, and the prefix of the definitions', () => {
    const { CpuPhases, JobDefinitionPrefix } = stage.pipeline.machines.substitutions.phase;
    expect(CpuPhases).toBe('deployment compression');
    expect(JobDefinitionPrefix).toBe('forge-dev-');
  });

  it.each(['pipeline', 'phase'] as const)(
    '%s is valid Amazon States Language with its values put in',
    (name) => {
      const values: Readonly<Record<string, string>> = stage.pipeline.machines.substitutions[name];
      // What CloudFormation knows only later is an ARN of some resource.
      const put = (key: string) =>
        Token.isUnresolved(values[key])
          ? 'arn:aws:lambda:us-east-1:111111111111:function:later'
          : values[key];
      const filled = readFileSync(fixtureAssets().machine(name), 'utf8').replace(
        /\$\{(\w+)\}/g,
        (_, key) => put(key) ?? '',
      );
      const { isValid, errors } = validate(JSON.parse(filled), { checkArn: true, checkPaths: true });
      expect([isValid, errors]).toEqual([true, []]);
    },
  );

  it('log everything but data, and are traced', () => {
    expect(machines).toHaveLength(2);
    for (const { LoggingConfiguration, TracingConfiguration } of machines) {
      expect(LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: false });
      expect(TracingConfiguration).toEqual({ Enabled: true });
    }
  });

  it('are called by their names where the pipeline starts a phase', () => {
    const [pipeline] = propertiesOf('AWS::StepFunctions::StateMachine', {
      StateMachineName: 'forge-dev-pipeline',
    });
    expect(pipeline.DefinitionSubstitutions.PhaseStateMachine).toBe(
      'arn:aws:states:us-east-1:111111111111:stateMachine:forge-dev-phase',
    );
  });
});

describe('a function', () => {
  const functions = propertiesOf('AWS::Lambda::Function');

  it('is made for each of contracts/functions.json but those that the APIs call', () => {
    const described = functions.map(({ Description }) => Description.replace('Agent Forge dev: ', '')).sort();
    expect(described).toEqual(
      Object.keys(EVERY_WORD)
        .filter((name) => !['api', 'authorise-key', 'event-socket'].includes(name))
        .sort(),
    );
  });

  it('runs the newest Node, is traced, and has the memory and time-out of the manifest', () => {
    for (const { Description, ...made } of functions) {
      const facts = EVERY_WORD[Description.replace('Agent Forge dev: ', '')];
      expect(made).toMatchObject({
        Runtime: 'nodejs24.x',
        TracingConfig: { Mode: 'Active' },
        Handler: 'index.handler',
        MemorySize: facts?.memoryMiB,
        Timeout: facts?.timeoutSeconds,
      });
      expect(made.LoggingConfig.LogGroup).toBeDefined();
    }
  });

  it('has the triggers of the stage only where it starts runs by them', () => {
    const withRules = functions.filter(({ Environment }) => TRIGGERS_VARIABLE in Environment.Variables);
    const names = withRules.map(({ Description }) => Description.replace('Agent Forge dev: ', ''));
    expect(names.sort()).toEqual(['on-schedule', 'on-upload']);
    for (const { Environment } of withRules)
      expect(triggers.parse(JSON.parse(Environment.Variables[TRIGGERS_VARIABLE]))).toEqual(NIGHTLY);
  });

  it('leaves what it could not take in with the dead letters, unless its caller waits for it', () => {
    const without = functions.filter(({ DeadLetterConfig }) => DeadLetterConfig === undefined);
    const called = ['prepare-run', 'start-phase', 'complete-phase', 'fail-phase', 'finish-run'];
    expect(without.map(({ Description }) => Description.replace('Agent Forge dev: ', '')).sort()).toEqual(
      called.sort(),
    );
  });
});

describe('every log group', () => {
  it('forgets after the days of the stage', () => {
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: devConfig().logRetentionDays });
  });
});

describe('a trigger', () => {
  const patternOf = (detailType: string) =>
    propertiesOf('AWS::Events::Rule', { EventPattern: { 'detail-type': [detailType] } });

  it('of jobs listens to our two queues only', () => {
    const [rule] = patternOf('Batch Job State Change');
    expect(rule.EventPattern.source).toEqual(['aws.batch']);
    expect(rule.EventPattern.detail.jobQueue).toHaveLength(2);
  });

  it('of executions listens to the pipeline only', () => {
    const [rule] = patternOf('Step Functions Execution Status Change');
    expect(rule.EventPattern.detail).toEqual({
      stateMachineArn: ['arn:aws:states:us-east-1:111111111111:stateMachine:forge-dev-pipeline'],
    });
  });

  it('of uploads listens to uploads/ of our bucket only', () => {
    const [rule] = patternOf('Object Created');
    expect(rule.EventPattern.detail.object).toEqual({ key: [{ prefix: 'uploads/' }] });
    expect(rule.EventPattern.detail.bucket.name).toHaveLength(1);
  });

  it('of the clock comes at each time of each schedule, and says which it is', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(30 2 ? * 2,3,4,5,6 *)',
      ScheduleExpressionTimezone: 'UTC',
      Target: Match.objectLike({
        Input: JSON.stringify({ schedule: 'nightly', at: '<aws.scheduler.scheduled-time>' }),
      }),
    });
  });

  it('of the clock rings each minute', () => {
    template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 minute)' });
  });

  it('of job output passes on lines that are events', () => {
    template.hasResourceProperties('AWS::Logs::SubscriptionFilter', { FilterPattern: '{ $.type = "*" }' });
    template.hasResourceProperties('AWS::Logs::LogGroup', { LogGroupName: '/forge/dev/jobs' });
  });

  it('of the table hands back what it could not do, and gives up into the dead letters', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 3,
      // Who follows what, and how far, changes in the same table: nobody is called for that.
      FilterCriteria: {
        Filters: [{ Pattern: '{"eventName":["INSERT"],"dynamodb":{"NewImage":{"kind":{"S":["event"]}}}}' }],
      },
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
    });
  });

  it('never loses an event: each target has a queue for what it could not deliver', () => {
    const targets = propertiesOf('AWS::Events::Rule').flatMap(({ Targets }) => Targets);
    expect(targets.length).toBeGreaterThan(5);
    for (const target of targets) expect(target.DeadLetterConfig).toBeDefined();
  });
});

describe('without a function for sockets', () => {
  const { 'event-socket': _socket, 'push-events': _push, 'relay-events': _relay, ...rest } = EVERY_WORD;

  it('there is no WebSocket API', () => {
    const without = synthesise({ assets: fixtureAssets(rest) });
    without.templateOf(without.stage.pipeline).resourceCountIs('AWS::ApiGatewayV2::Api', 0);
  });

  it('a grant to post to sockets is refused with what to do', () => {
    const { 'event-socket': _gone, ...poster } = EVERY_WORD;
    expect(() => synthesise({ assets: fixtureAssets(poster) })).toThrow(
      /granted sockets:post, but none has the trigger socket\. Add one, or take the grant away/,
    );
  });
});

describe('people', () => {
  it('are told by one topic, over TLS, of alarms, blocked queues and the budget', () => {
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Endpoint: 'ops@example.org',
      Protocol: 'email',
    });
    const statements = propertiesOf('AWS::SNS::TopicPolicy').flatMap(
      ({ PolicyDocument }) => PolicyDocument.Statement,
    );
    expect(text(statements)).toContain('"aws:SecureTransport":"false"');
    for (const service of ['cloudwatch', 'budgets', 'events']) {
      const own = statements.filter(({ Principal }) => Principal?.Service === `${service}.amazonaws.com`);
      expect(own).toMatchObject([
        { Action: 'sns:Publish', Condition: { StringEquals: { 'aws:SourceAccount': '111111111111' } } },
      ]);
    }
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { 'detail-type': ['Batch Job Queue Blocked'] },
    });
  });

  it('are told before the month costs more than the stage may', () => {
    template.hasResourceProperties('AWS::Budgets::Budget', {
      Budget: { BudgetLimit: { Amount: devConfig().budget.monthlyUsd, Unit: 'USD' }, TimeUnit: 'MONTHLY' },
    });
  });

  it('are told by at most the ten alarms that cost nothing', () => {
    const alarms = propertiesOf('AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThanOrEqual(3);
    expect(alarms.length).toBeLessThanOrEqual(10);
    for (const { AlarmActions } of alarms) expect(AlarmActions).toHaveLength(1);
  });
});

describe('a trust policy', () => {
  const roles = propertiesOf('AWS::IAM::Role').map(
    ({ AssumeRolePolicyDocument }) => AssumeRolePolicyDocument.Statement[0],
  );
  const trusted = (service: string) =>
    roles
      .filter(({ Principal }) => Principal.Service === `${service}.amazonaws.com`)
      .map(({ Condition }) => Condition);

  it.each([
    ['states', 'arn:aws:states:us-east-1:111111111111:stateMachine:forge-dev-phase'],
    ['states', 'arn:aws:states:us-east-1:111111111111:stateMachine:forge-dev-pipeline'],
    ['scheduler', 'arn:aws:scheduler:us-east-1:111111111111:schedule/default/*'],
    ['ecs-tasks', 'arn:aws:ecs:us-east-1:111111111111:*'],
  ])('lets %s act for %s and nobody else', (service, source) => {
    expect(trusted(service)).toContainEqual({
      StringEquals: { 'aws:SourceAccount': '111111111111' },
      ArnLike: { 'aws:SourceArn': source },
    });
    for (const condition of trusted(service)) expect(condition).toHaveProperty('ArnLike');
  });
});
