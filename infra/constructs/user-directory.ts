import { Duration, Stack } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnUserPoolGroup,
  FeaturePlan,
  Mfa,
  UserPool,
  type UserPoolDomain,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { StageConfig } from '../config/stage-config.ts';
import { acknowledge } from './nag-acknowledgement.ts';
import { removalOf } from './removal.ts';

const ROLES = ['viewer', 'runner', 'maintainer', 'admin'];

export interface UserDirectoryProps {
  readonly config: StageConfig;
  /** @default forge-<stage>-<account> */
  readonly domainPrefix?: string | undefined;
}

/** Who may sign in, by invitation; a group is a role in a tenant, and the only thing that gives one. */
export class UserDirectory extends Construct {
  readonly pool: UserPool;
  readonly domain: UserPoolDomain;

  constructor(scope: Construct, id: string, { config, domainPrefix }: UserDirectoryProps) {
    super(scope, id);
    this.pool = new UserPool(this, 'Pool', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: config.protectData,
      removalPolicy: removalOf(config),
    });
    acknowledge(this.pool, 'no-paid-threat-protection');
    this.domain = this.pool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: domainPrefix ?? `forge-${config.stage}-${Stack.of(this).account}` },
    });
    const { userPoolId } = this.pool;
    for (const tenant of config.api.signIn.tenants)
      for (const role of ROLES)
        new CfnUserPoolGroup(this, `Group-${tenant}-${role}`, {
          userPoolId,
          groupName: `tenant:${tenant}:${role}`,
          description: `May do in ${tenant} what the role ${role} may do.`,
        });
  }

  /** What a token names as its issuer. */
  get issuer(): string {
    return `https://cognito-idp.${Stack.of(this).region}.amazonaws.com/${this.pool.userPoolId}`;
  }

  /** Where a browser signs in. */
  get signInUrl(): string {
    return this.domain.baseUrl();
  }
}
