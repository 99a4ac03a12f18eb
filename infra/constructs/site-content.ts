import { CustomResource, Duration, FileSystem } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { type FunctionPlace, RUNTIME } from './forge-function.ts';
import { removalOf } from './removal.ts';

export interface SiteContentProps {
  readonly place: FunctionPlace;
  readonly bucket: Bucket;
  /** The pages as they are served. */
  readonly folder: string;
  /** Folder of the function that publishes them. */
  readonly publisher: string;
  /** Written beside the pages as settings.json; public. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * Puts the pages into their bucket while the stack is deployed. The CDK's own construct for it brings a function in
 * another language with rights on all objects of the account's asset bucket; this one may write to the site and no more.
 */
export class SiteContent extends Construct {
  constructor(scope: Construct, id: string, props: SiteContentProps) {
    super(scope, id);
    const { bucket, folder, settings } = props;
    const publisher = this.#publisher(props);
    new CustomResource(this, 'Published', {
      serviceToken: publisher.functionArn,
      serviceTimeout: Duration.minutes(10),
      properties: {
        Bucket: bucket.bucketName,
        Settings: JSON.stringify(settings),
        // Another hash makes CloudFormation call again.
        Pages: FileSystem.fingerprint(folder),
        Keep: String(props.place.config.protectData),
      },
    });
  }

  #publisher({ place, bucket, folder, publisher }: SiteContentProps): LambdaFunction {
    const { config, unscoped } = place;
    const logGroup = new LogGroup(this, 'Log', {
      retention: config.logRetentionDays,
      removalPolicy: removalOf(config),
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      managedPolicies: [unscoped.tracing],
    });
    const allow = (actions: string[], resource: string) =>
      role.addToPolicy(new PolicyStatement({ actions, resources: [resource] }));
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn);
    allow(['s3:ListBucket'], bucket.bucketArn);
    allow(['s3:DeleteObject', 's3:PutObject'], `${bucket.bucketArn}/*`);
    return new LambdaFunction(this, 'Publisher', {
      description: `Agent Forge ${config.stage}: publishes the site`,
      runtime: RUNTIME,
      architecture: Architecture.ARM_64,
      handler: 'publish-site.handler',
      code: Code.fromAsset(publisher),
      // A layer's files lie in /opt, beside the code and not in it.
      layers: [new LayerVersion(this, 'Layer', { code: Code.fromAsset(folder) })],
      memorySize: 256,
      timeout: Duration.minutes(5),
      logGroup,
      role: role.withoutPolicyUpdates(),
    });
  }
}
