import { Match } from 'aws-cdk-lib/assertions';
import facts from '#contracts/table.json' with { type: 'json' };
import { devConfig, synthesise } from './synthesised-stage.ts';

const { stage, templateOf } = synthesise();
const template = templateOf(stage.data);

describe('the table', () => {
  it('has the key and the expiry of contracts/table.json, no index (the rows are), a stream of both images and a way back in time', () => {
    expect(facts.indexes).toEqual([]);
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      KeySchema: [
        { AttributeName: facts.partitionKey, KeyType: 'HASH' },
        { AttributeName: facts.sortKey, KeyType: 'RANGE' },
      ],
      TimeToLiveSpecification: { AttributeName: facts.timeToLive, Enabled: true },
      GlobalSecondaryIndexes: Match.absent(),
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      Replicas: [
        Match.objectLike({
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 7 },
        }),
      ],
    });
  });

  it('is paid by the request, up to a limit that the stage sets', () => {
    const { maxReadRequestUnits, maxWriteRequestUnits } = devConfig().table;
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      BillingMode: 'PAY_PER_REQUEST',
      WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: maxWriteRequestUnits },
      Replicas: [
        Match.objectLike({ ReadOnDemandThroughputSettings: { MaxReadRequestUnits: maxReadRequestUnits } }),
      ],
    });
  });
});

describe('every bucket', () => {
  const buckets = Object.values(template.findResources('AWS::S3::Bucket'));

  it('is closed to the public and encrypted', () => {
    expect(buckets).toHaveLength(2);
    for (const { Properties } of buckets) {
      expect(Properties.PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      expect(JSON.stringify(Properties.BucketEncryption)).toContain('AES256');
      expect(Properties.OwnershipControls.Rules).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }]);
    }
  });

  it('refuses plain HTTP and TLS below 1.2', () => {
    const policies = Object.values(template.findResources('AWS::S3::BucketPolicy'));
    expect(policies).toHaveLength(2);
    for (const { Properties } of policies) {
      const denied = Properties.PolicyDocument.Statement.filter(
        ({ Effect }: { Effect: string }) => Effect === 'Deny',
      );
      const conditions = denied.map(({ Condition }: { Condition: unknown }) => Condition);
      expect(conditions).toContainEqual({ Bool: { 'aws:SecureTransport': 'false' } });
      expect(conditions).toContainEqual({ NumericLessThan: { 's3:TlsVersion': 1.2 } });
    }
  });

  it('of blobs tells EventBridge what is created, keeps versions and logs who reads', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      VersioningConfiguration: { Status: 'Enabled' },
      LoggingConfiguration: Match.objectLike({ LogFilePrefix: 'blobs/' }),
    });
  });

  it('gets by without a function of the CDK with rights on all buckets', () => {
    template.resourceCountIs('AWS::Lambda::Function', 0);
    template.resourceCountIs('AWS::IAM::Role', 0);
  });
});

describe('the users', () => {
  it('are invited, and sign in with a long password and a second factor that is no text message', () => {
    template.hasResourceProperties('AWS::Cognito::UserPool', {
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      MfaConfiguration: 'ON',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      Policies: { PasswordPolicy: Match.objectLike({ MinimumLength: 12, RequireSymbols: true }) },
    });
  });

  it('are grouped by their roles in the tenants of the stage', () => {
    const groupsOf = (from: typeof template) =>
      Object.values(from.findResources('AWS::Cognito::UserPoolGroup')).map(
        ({ Properties }) => Properties.GroupName,
      );
    expect(groupsOf(template).sort()).toEqual([
      'tenant:default:admin',
      'tenant:default:maintainer',
      'tenant:default:runner',
      'tenant:default:viewer',
    ]);
    const signIn = { ...devConfig().api.signIn, tenants: ['a.b', 'a-b'] };
    const other = synthesise({ config: { api: { ...devConfig().api, signIn } } });
    const groups = groupsOf(other.templateOf(other.stage.data));
    expect(groups).toHaveLength(8);
    expect(groups).toContain('tenant:a.b:admin');
  });
});

describe('a stage that protects its data', () => {
  const protectedStage = synthesise({ config: { stage: 'prod', protectData: true } }).stage;

  it('keeps table, buckets and users when the stack goes, and the stack from going by accident', () => {
    const kept = ['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket', 'AWS::Cognito::UserPool'];
    const protectedTemplate = templateOf(protectedStage.data);
    for (const type of kept)
      protectedTemplate.allResources(type, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    protectedTemplate.hasResourceProperties('AWS::Cognito::UserPool', { DeletionProtection: 'ACTIVE' });
    expect(protectedStage.data.terminationProtection).toBe(true);
    expect(stage.data.terminationProtection).toBe(false);
  });

  it('leaves nothing behind where the stage is for trying things', () => {
    template.allResources('AWS::DynamoDB::GlobalTable', { DeletionPolicy: 'Delete' });
    template.allResources('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
  });
});
