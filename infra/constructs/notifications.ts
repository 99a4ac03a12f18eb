import { Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

/** Of AWS's own: alarms, the budget, and rules of events. Functions publish under their own roles. */
const PUBLISHERS = ['cloudwatch', 'budgets', 'events'];

/** The one topic: finished and failed runs, stuck queues, alarms, the budget. */
export class Notifications extends Topic {
  constructor(scope: Construct, id: string, { addresses }: { readonly addresses: readonly string[] }) {
    super(scope, id, { enforceSSL: true });
    for (const service of PUBLISHERS) {
      this.addToResourcePolicy(
        new PolicyStatement({
          sid: `From${service}`,
          effect: Effect.ALLOW,
          principals: [new ServicePrincipal(`${service}.amazonaws.com`)],
          actions: ['sns:Publish'],
          resources: [this.topicArn],
          conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
        }),
      );
    }
    for (const address of addresses) this.addSubscription(new EmailSubscription(address));
  }
}
