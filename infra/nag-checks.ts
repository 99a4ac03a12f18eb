/** cdk-nag's AwsSolutions, with the wildcards of our policies acknowledged one by one and by what they are. */
import type { CfnResource } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnPolicy } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { acknowledgeWildcards } from './constructs/nag-acknowledgement.ts';

export class NagChecks extends AwsSolutionsChecks {
  /** Only now do references between stacks have the names by which the findings call them. */
  protected override checkResource(node: CfnResource): void {
    if (node instanceof CfnPolicy || node instanceof CfnManagedPolicy) acknowledgeWildcards(node);
    super.checkResource(node);
  }
}
