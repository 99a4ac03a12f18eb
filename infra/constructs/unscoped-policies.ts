import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ALLOWED } from './granted-resources.ts';

/** Delivering logs is set up per account, not per group; Step Functions needs all of these to write its own. */
const LOG_DELIVERY = [
  'CreateLogDelivery',
  'DeleteLogDelivery',
  'DescribeLogGroups',
  'DescribeResourcePolicies',
  'GetLogDelivery',
  'ListLogDeliveries',
  'PutResourcePolicy',
  'UpdateLogDelivery',
].map((name) => `logs:${name}`);

const TRACING = ['GetSamplingRules', 'GetSamplingTargets', 'PutTelemetryRecords', 'PutTraceSegments'].map(
  (name) => `xray:${name}`,
);

/**
 * Actions that IAM can allow on everything only. Each stands once, for all roles that need it, so that a reviewer finds
 * every `Resource: "*"` here and in one execution role.
 */
export class UnscopedPolicies extends Construct {
  readonly tracing = this.#allow('Tracing', TRACING);
  readonly logDelivery = this.#allow('LogDelivery', LOG_DELIVERY);
  readonly jobsRead = this.#allow('JobsRead', ALLOWED['jobs:read'][0]?.actions ?? []);
  readonly jobsTerminate = this.#allow('JobsTerminate', ALLOWED['jobs:terminate'][0]?.actions ?? []);

  #allow(id: string, actions: readonly string[]): ManagedPolicy {
    return new ManagedPolicy(this, id, {
      statements: [new PolicyStatement({ actions: [...actions], resources: ['*'] })],
    });
  }
}
