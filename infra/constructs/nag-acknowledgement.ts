/** Every finding of cdk-nag that we keep, in one place: the rule and why it does not apply. A test counts them. */
import { Stack, Validations } from 'aws-cdk-lib';
import type { CfnManagedPolicy, CfnPolicy } from 'aws-cdk-lib/aws-iam';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import type { IConstruct } from 'constructs';

export const ACKNOWLEDGED = {
  'no-paid-threat-protection': {
    rule: 'COG8',
    reason:
      'Threat protection is a paid plan per user. Users are invited by name, passwords are long and a second factor is required.',
  },
  'instance-role': {
    rule: 'IAM4',
    reason:
      'The ECS agent needs the policy that AWS maintains for it; containers cannot take this role, since the metadata hop limit is 1.',
  },
  'no-resource-level': {
    rule: 'IAM5',
    reason: 'IAM has no resource level for this action: it must be allowed on everything or not at all.',
  },
  'names-made-later': {
    rule: 'IAM5',
    reason:
      'The names of what lies below this prefix (objects, executions, log streams, revisions, connections) are made while the system runs.',
  },
  'certificate-of-cloudfront': {
    rule: 'CFR4',
    reason:
      "The stage has no domain of its own; CloudFront's certificate takes no newer minimum. Setting site.domain solves it.",
  },
  'no-geography': {
    rule: 'CFR1',
    reason: 'The site holds no content that a country may not see; every call behind it is authenticated.',
  },
  'no-web-acl': {
    rule: 'CFR2',
    reason:
      'A web ACL costs more than the rest of an idle stage; calls are authenticated and throttled. Setting site.webAclArn solves it.',
  },
  'decided-by-the-function': {
    rule: 'APIG4',
    reason:
      'Nothing to check at the gateway: a browser sends no headers with a WebSocket, and health and the description of the API are for anybody. The function behind it decides for itself, a socket at $connect; the route is throttled.',
  },
} as const;

export type Acknowledgement = keyof typeof ACKNOWLEDGED;

/** @param finding where the rule reports several per resource, as `Resource::*` */
export function acknowledge(construct: IConstruct, name: Acknowledgement, finding?: string): void {
  const { rule, reason } = ACKNOWLEDGED[name];
  Validations.of(construct).acknowledge({
    id: `AwsSolutions-${rule}${finding ? `[${finding}]` : ''}`,
    reason,
  });
}

interface Statement {
  readonly Resource?: unknown;
}

/**
 * Acknowledges exactly those resources of a policy that end in `*`; an action with a `*`, or a `*` in the middle, stays
 * a finding. Call it when the policy has all its statements.
 */
export function acknowledgeWildcards(policy: CfnPolicy | CfnManagedPolicy): void {
  const { Statement = [] } = Stack.of(policy).resolve(policy.policyDocument) as { Statement?: Statement[] };
  const resources = new Set(Statement.flatMap(({ Resource }) => Resource ?? []).map(flattenCfnReference));
  for (const resource of resources) {
    if (resource === '*') acknowledge(policy, 'no-resource-level', 'Resource::*');
    else if (resource.endsWith('*')) acknowledge(policy, 'names-made-later', `Resource::${resource}`);
  }
}
