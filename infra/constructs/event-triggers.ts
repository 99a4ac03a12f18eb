/** What calls each function: one line of wiring per word of a function's triggers. */
import { Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import {
  type EventPattern,
  type IEventBus,
  Schedule as Rate,
  Rule,
  type RuleProps,
} from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { FilterPattern, type ILogGroup, SubscriptionFilter } from 'aws-cdk-lib/aws-logs';
import { LambdaDestination } from 'aws-cdk-lib/aws-logs-destinations';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Trigger } from '#contracts/source/functions.ts';
import type { Schedule } from '#contracts/source/triggers.ts';
import subscriptions from '#contracts/subscriptions.json' with { type: 'json' };
import { eventBridgeCron } from './event-bridge-cron.ts';
import type { ForgeFunction } from './forge-function.ts';
import type { RunTable } from './run-table.ts';
import { TrustedRole } from './trusted-role.ts';

export interface EventTriggersProps {
  readonly bucketName: string;
  readonly table: RunTable;
  readonly pipelineArn: string;
  readonly jobQueueArns: readonly string[];
  readonly jobLog: ILogGroup;
  readonly bus: IEventBus;
  readonly deadLetters: IQueue;
  readonly schedules: readonly Schedule[];
}

/** After that an event goes to the dead letters. */
const RETRY_ATTEMPTS = 3;
const OLDEST = Duration.hours(2);

/** Every other record of the table changes without anybody being called. */
const NEW_EVENTS = FilterCriteria.filter({
  eventName: FilterRule.isEqual('INSERT'),
  dynamodb: { NewImage: { kind: { S: FilterRule.isEqual('event') } } },
});

/** Called by an API or by a state machine, which know the function already. */
const CALLED_DIRECTLY = () => undefined;

export class EventTriggers extends Construct {
  readonly #props: EventTriggersProps;
  readonly #wire: Readonly<Record<Trigger, (target: ForgeFunction, id: string) => void>> = {
    http: CALLED_DIRECTLY,
    authorise: CALLED_DIRECTLY,
    task: CALLED_DIRECTLY,
    'job-output': (target, id) => this.#jobOutput(target, id),
    'job-status': (target, id) =>
      this.#onEvent(target, id, {
        source: ['aws.batch'],
        detailType: ['Batch Job State Change'],
        detail: { jobQueue: [...this.#props.jobQueueArns] },
      }),
    'execution-status': (target, id) =>
      this.#onEvent(target, id, {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [this.#props.pipelineArn] },
      }),
    'every-minute': (target, id) => this.#onSchedule(target, id),
    'table-stream': (target) => this.#onTableStream(target),
    subscription: (target, id) => this.#onSubscription(target, id),
    'object-created': (target, id) =>
      this.#onEvent(target, id, {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [this.#props.bucketName] },
          object: { key: [{ prefix: 'uploads/' }] },
        },
      }),
    schedule: (target, id) => this.#onSchedules(target, id),
    socket: CALLED_DIRECTLY,
  };

  constructor(scope: Construct, id: string, props: EventTriggersProps) {
    super(scope, id);
    this.#props = props;
  }

  /** @param name of the function, which names its rules */
  connect(name: string, target: ForgeFunction, triggers: readonly Trigger[]): void {
    for (const trigger of triggers) this.#wire[trigger](target, `${name}-${trigger}`);
  }

  /** A queue whose first job cannot be placed tells people, not a function. */
  tellOfBlockedQueues({ topicArn }: ITopic): void {
    // The topic's own policy names events already, on behalf of this account only; the target would add it without.
    const published = Topic.fromTopicArn(this, 'Published', topicArn);
    this.#rule('blocked-queues', {
      eventPattern: {
        source: ['aws.batch'],
        detailType: ['Batch Job Queue Blocked'],
        detail: { jobQueue: [...this.#props.jobQueueArns] },
      },
    }).addTarget(new SnsTopic(published, { deadLetterQueue: this.#props.deadLetters }));
  }

  #rule(id: string, props: RuleProps): Rule {
    return new Rule(this, id, props);
  }

  #target({ function: handler }: ForgeFunction): LambdaFunction {
    return new LambdaFunction(handler as IFunction, {
      deadLetterQueue: this.#props.deadLetters,
      retryAttempts: RETRY_ATTEMPTS,
      maxEventAge: OLDEST,
    });
  }

  #onEvent(target: ForgeFunction, id: string, eventPattern: EventPattern, on: RuleProps = {}): void {
    this.#rule(id, { ...on, eventPattern }).addTarget(this.#target(target));
  }

  /** The types that contracts/subscriptions.json names for the function. */
  #onSubscription(target: ForgeFunction, id: string): void {
    const own = subscriptions.subscriptions.filter((each) => id === `${each.function}-subscription`);
    const detailType = own.flatMap(({ types }) => types);
    if (detailType.length === 0) throw new Error(`contracts/subscriptions.json has no types for ${id}.`);
    this.#onEvent(target, id, { source: ['agent-forge'], detailType }, { eventBus: this.#props.bus });
  }

  #onSchedule(target: ForgeFunction, id: string): void {
    this.#rule(id, { schedule: Rate.rate(Duration.minutes(1)) }).addTarget(this.#target(target));
  }

  /** The scheduler says which schedule it is and the time that it was set for, however late it comes. */
  #onSchedules({ function: handler }: ForgeFunction, id: string): void {
    const { schedules, deadLetters } = this.#props;
    if (schedules.length === 0) return;
    const source = { service: 'scheduler', resource: 'schedule', resourceName: 'default/*' };
    const role = new TrustedRole(this, `${id}-role`, { service: 'scheduler', source });
    const allow = (action: string, resource: string) =>
      role.addToPolicy(new PolicyStatement({ actions: [action], resources: [resource] }));
    allow('lambda:InvokeFunction', handler.functionArn);
    allow('sqs:SendMessage', deadLetters.queueArn);
    for (const { name, cron } of schedules) {
      new CfnSchedule(this, `${id}-${name}`, {
        scheduleExpression: eventBridgeCron(cron),
        scheduleExpressionTimezone: 'UTC',
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: handler.functionArn,
          roleArn: role.roleArn,
          input: JSON.stringify({ schedule: name, at: '<aws.scheduler.scheduled-time>' }),
          deadLetterConfig: { arn: deadLetters.queueArn },
          retryPolicy: { maximumRetryAttempts: RETRY_ATTEMPTS, maximumEventAgeInSeconds: OLDEST.toSeconds() },
        },
      });
    }
  }

  #onTableStream({ function: handler }: ForgeFunction): void {
    handler.addEventSource(
      new DynamoEventSource(this.#props.table.table as ITable, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 100,
        reportBatchItemFailures: true,
        bisectBatchOnError: true,
        retryAttempts: RETRY_ATTEMPTS,
        onFailure: new SqsDlq(this.#props.deadLetters),
        filters: [NEW_EVENTS],
      }),
    );
  }

  /** Events are JSON with a type; whatever else a job prints is for people and stays in the log. */
  #jobOutput({ function: handler }: ForgeFunction, id: string): void {
    new SubscriptionFilter(this, id, {
      logGroup: this.#props.jobLog,
      destination: new LambdaDestination(handler as IFunction),
      filterPattern: FilterPattern.exists('$.type'),
    });
  }
}
