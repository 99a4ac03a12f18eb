import { Dashboard, GraphWidget, type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

export interface RunDashboardProps {
  readonly name: string;
  readonly machines: readonly StateMachine[];
  /** By their names in contracts/functions.json. */
  readonly functions: ReadonlyMap<string, IFunction>;
  readonly table: TableV2;
}

const graph = (title: string, left: readonly IMetric[]) =>
  new GraphWidget({ title, left: [...left], width: 12 });

/** One page for operators; how a run trains is on the product's own dashboard. */
export class RunDashboard extends Construct {
  constructor(scope: Construct, id: string, { name, machines, functions, table }: RunDashboardProps) {
    super(scope, id);
    const perFunction = (metric: (each: IFunction, label: string) => IMetric) =>
      [...functions].map(([label, each]) => metric(each, label));
    const units = (metricName: string) =>
      new Metric({
        namespace: 'AWS/DynamoDB',
        metricName,
        dimensionsMap: { TableName: table.tableName },
        statistic: 'Sum',
      });
    new Dashboard(this, 'Dashboard', {
      dashboardName: name,
      widgets: [
        [
          graph(
            'Executions started',
            machines.map((machine) => machine.metricStarted()),
          ),
          graph(
            'Executions failed',
            machines.map((machine) => machine.metricFailed()),
          ),
        ],
        [
          graph(
            'Function errors',
            perFunction((each, label) => each.metricErrors({ label })),
          ),
          graph(
            'Function duration',
            perFunction((each, label) => each.metricDuration({ label })),
          ),
        ],
        [graph('Table units', [units('ConsumedReadCapacityUnits'), units('ConsumedWriteCapacityUnits')])],
      ],
    });
  }
}
