import { AttributeType, Billing, StreamViewType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import facts from '#contracts/table.json' with { type: 'json' };
import type { StageConfig } from '../config/stage-config.ts';
import { removalOf } from './removal.ts';

const BACKUP_DAYS = 7;

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** The one table of runs, models, events and whatever else the registry holds. */
export class RunTable extends Construct {
  readonly table: TableV2;

  constructor(scope: Construct, id: string, { config }: { readonly config: StageConfig }) {
    super(scope, id);
    const { maxReadRequestUnits, maxWriteRequestUnits } = config.table;
    this.table = new TableV2(this, 'Table', {
      partitionKey: text(facts.partitionKey),
      sortKey: text(facts.sortKey),
      timeToLiveAttribute: facts.timeToLive,
      // The outbox relay reads what a transaction wrote, and what stood there before.
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      billing: Billing.onDemand({ maxReadRequestUnits, maxWriteRequestUnits }),
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: true,
        recoveryPeriodInDays: BACKUP_DAYS,
      },
      deletionProtection: config.protectData,
      removalPolicy: removalOf(config),
    });
  }

  get streamArn(): string {
    const { tableStreamArn } = this.table;
    if (!tableStreamArn) throw new Error('The table has no stream; RunTable must switch it on.');
    return tableStreamArn;
  }
}
