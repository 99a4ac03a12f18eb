import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

export interface RunAlarmsProps {
  readonly topic: ITopic;
  readonly deadLetters: IQueue;
  readonly functions: readonly IFunction[];
  readonly pipeline: StateMachine;
}

/** An alarm takes ten metrics: the sum and nine to add up. */
const SUMMED = 9;
const PERIOD = Duration.minutes(5);

/** What a person has to look at. A failed run is no alarm: the run itself tells who asked for it. */
export class RunAlarms extends Construct {
  readonly #topic: ITopic;

  constructor(scope: Construct, id: string, { topic, deadLetters, functions, pipeline }: RunAlarmsProps) {
    super(scope, id);
    this.#topic = topic;
    this.#above('DeadLetters', 'An event could not be taken in; it waits in the queue of dead letters.', {
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ period: PERIOD }),
      threshold: 0,
    });
    this.#above('Throttled', 'Executions of the pipeline were throttled.', {
      metric: pipeline.metricThrottled({ period: PERIOD }),
      threshold: 0,
    });
    for (let start = 0; start < functions.length; start += SUMMED)
      this.#above(
        `FunctionErrors${start / SUMMED + 1}`,
        'Functions failed more than five times in five minutes.',
        {
          metric: this.#errors(functions.slice(start, start + SUMMED)),
          threshold: 5,
        },
      );
  }

  #errors(functions: readonly IFunction[]): IMetric {
    const usingMetrics = Object.fromEntries(
      functions.map((each, index) => [`m${index}`, each.metricErrors({ period: PERIOD })]),
    );
    const expression = Object.keys(usingMetrics).join(' + ');
    return new MathExpression({ expression, usingMetrics, period: PERIOD, label: 'errors' });
  }

  #above(
    id: string,
    alarmDescription: string,
    of: { readonly metric: IMetric; readonly threshold: number },
  ): void {
    const alarm = new Alarm(this, id, {
      ...of,
      alarmDescription,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.#topic));
  }
}
