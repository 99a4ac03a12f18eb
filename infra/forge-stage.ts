/** One stage of the product: its stacks, in the order in which they need each other. */
import { Aspects, type IAspect, Stage, Tags } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import { CfnManagedPolicy, CfnPolicy } from 'aws-cdk-lib/aws-iam';
import type { Construct, IConstruct } from 'constructs';
import type { StageConfig } from './config/stage-config.ts';
import { acknowledgeWildcards } from './constructs/nag-acknowledgement.ts';
import { ComputeStack } from './stacks/compute-stack.ts';
import { DataStack } from './stacks/data-stack.ts';
import { NetworkStack } from './stacks/network-stack.ts';

/** Stands for the deploying account where nobody is signed in: synthesis needs no account. */
export const PLACEHOLDER_ACCOUNT = '111111111111';

export interface ForgeStageProps {
  readonly config: StageConfig;
  /** @default the configured account, else that of the credentials, else a placeholder */
  readonly account?: string | undefined;
}

const wildcardReasons: IAspect = {
  visit(node: IConstruct): void {
    if (node instanceof CfnPolicy || node instanceof CfnManagedPolicy) acknowledgeWildcards(node);
  },
};

export class ForgeStage extends Stage {
  readonly data: DataStack;
  /** Only where the stage has a network of its own. */
  readonly network: NetworkStack | undefined;
  readonly compute: ComputeStack;

  constructor(scope: Construct, { config, account }: ForgeStageProps) {
    const env = { account: config.account ?? account ?? PLACEHOLDER_ACCOUNT, region: config.region };
    super(scope, `Forge-${config.stage}`, { env });
    // The older of the two template validators knows no tags on a dashboard.
    Tags.of(this).add('forge-stage', config.stage, { excludeResourceTypes: ['AWS::CloudWatch::Dashboard'] });
    Aspects.of(this).add(wildcardReasons);
    this.data = new DataStack(this, 'Data', { config });
    const { network } = config;
    if (network.mode !== 'existing') this.network = new NetworkStack(this, 'Network', { config, network });
    this.compute = new ComputeStack(this, 'Compute', { config, vpc: this.network?.vpc as IVpc | undefined });
  }
}
