import { ArnFormat, Stack } from 'aws-cdk-lib';
import { type IManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

export interface TrustedRoleProps {
  /** Who takes the role: `<service>.amazonaws.com`. */
  readonly service: string;
  /** On whose behalf, so that the service cannot be talked into taking it for another account or resource. */
  readonly source: {
    readonly service: string;
    readonly resource: string;
    readonly resourceName?: string;
    /** @default SLASH_RESOURCE_NAME, which is not what Step Functions' ARNs look like */
    readonly arnFormat?: ArnFormat;
  };
  readonly managedPolicies?: IManagedPolicy[];
}

/** A role that its service may take only for resources of this account and region. */
export class TrustedRole extends Role {
  constructor(scope: Construct, id: string, { service, source, managedPolicies = [] }: TrustedRoleProps) {
    const stack = Stack.of(scope);
    const sourceArn = stack.formatArn({
      ...source,
      arnFormat: source.arnFormat ?? ArnFormat.SLASH_RESOURCE_NAME,
    });
    super(scope, id, {
      assumedBy: new ServicePrincipal(`${service}.amazonaws.com`, {
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          ArnLike: { 'aws:SourceArn': sourceArn },
        },
      }),
      managedPolicies,
    });
  }
}
