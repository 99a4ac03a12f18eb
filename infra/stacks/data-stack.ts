/** What outlives every deployment: the table, the blobs, the users. Nothing here is replaced by an update of code. */
import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/stage-config.ts';
import { BlobBucket } from '../constructs/blob-bucket.ts';
import { RunTable } from '../constructs/run-table.ts';
import { UserDirectory } from '../constructs/user-directory.ts';

export interface DataStackProps extends StackProps {
  readonly config: StageConfig;
}

export class DataStack extends Stack {
  readonly table: RunTable;
  readonly blobs: BlobBucket;
  readonly users: UserDirectory;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    const { config } = props;
    super(scope, id, { ...props, terminationProtection: config.protectData });
    this.table = new RunTable(this, 'Table', { config });
    this.blobs = new BlobBucket(this, 'Blobs', { config });
    const { domainPrefix } = config.api.signIn;
    this.users = new UserDirectory(this, 'Users', { config, domainPrefix });
  }
}
