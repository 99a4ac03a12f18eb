import { Duration } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type IBucket,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { StageConfig } from '../config/stage-config.ts';
import { removalOf } from './removal.ts';

/** No bucket of ours is public, unencrypted or reached without TLS 1.2. */
export const PRIVATE_BUCKET = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  encryption: BucketEncryption.S3_MANAGED,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
} as const;

const days = (count: number) => Duration.days(count);

/** What is content-addressed stays until it is collected; what only served a run goes by itself. */
const LIFECYCLE: LifecycleRule[] = [
  { id: 'unfinished', abortIncompleteMultipartUploadAfter: days(2) },
  { id: 'replaced', noncurrentVersionExpiration: days(7), expiredObjectDeleteMarker: true },
  { id: 'staging', prefix: 'staging/', expiration: days(7) },
  { id: 'checkpoints', prefix: 'checkpoints/', expiration: days(30) },
  { id: 'uploads', prefix: 'uploads/', expiration: days(30) },
];

/** The blob store: artifacts, checkpoints, task specs and uploads, with a second bucket for who read them. */
export class BlobBucket extends Construct {
  readonly bucket: Bucket;
  /** Where other buckets log to as well. */
  readonly accessLogs: Bucket;

  constructor(scope: Construct, id: string, { config }: { readonly config: StageConfig }) {
    super(scope, id);
    const removalPolicy = removalOf(config);
    this.accessLogs = new Bucket(this, 'AccessLogs', {
      ...PRIVATE_BUCKET,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: [{ id: 'old', expiration: days(config.logRetentionDays) }],
      removalPolicy,
    });
    this.bucket = new Bucket(this, 'Bucket', {
      ...PRIVATE_BUCKET,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      versioned: true,
      lifecycleRules: LIFECYCLE,
      serverAccessLogsBucket: this.accessLogs as IBucket,
      serverAccessLogsPrefix: 'blobs/',
      removalPolicy,
    });
    // The construct's own switch would bring a function with rights on every bucket; the property alone does it.
    const resource = this.bucket.node.defaultChild as CfnBucket;
    resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  }
}
