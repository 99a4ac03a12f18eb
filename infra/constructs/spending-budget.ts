import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { Construct } from 'constructs';

export interface SpendingBudgetProps {
  readonly name: string;
  readonly monthlyUsd: number;
  readonly topicArn: string;
}

/** Percent of the month's limit, spent or foreseen. */
const NOTICES = [
  { notificationType: 'ACTUAL', threshold: 50 },
  { notificationType: 'ACTUAL', threshold: 90 },
  { notificationType: 'FORECASTED', threshold: 100 },
];

/**
 * Of the whole account: a filter by tag counts nothing until somebody activates the tag for billing, and a budget that
 * shows zero would be worse than none.
 */
export class SpendingBudget extends Construct {
  constructor(scope: Construct, id: string, { name, monthlyUsd, topicArn }: SpendingBudgetProps) {
    super(scope, id);
    new CfnBudget(this, 'Budget', {
      budget: {
        budgetName: name,
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: monthlyUsd, unit: 'USD' },
      },
      notificationsWithSubscribers: NOTICES.map((notice) => ({
        notification: { ...notice, comparisonOperator: 'GREATER_THAN', thresholdType: 'PERCENTAGE' },
        subscribers: [{ subscriptionType: 'SNS', address: topicArn }],
      })),
    });
  }
}
