/** One stage of the product: its stacks, in the order in which they need each other. */
import { Stage, Tags } from 'aws-cdk-lib';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { StageConfig } from './config/stage-config.ts';
import { ApiStack } from './stacks/api-stack.ts';
import { ComputeStack } from './stacks/compute-stack.ts';
import { DataStack } from './stacks/data-stack.ts';
import { NetworkStack } from './stacks/network-stack.ts';
import { PipelineStack } from './stacks/pipeline-stack.ts';
import type { StageAssets } from './stage-assets.ts';

/** Stands for the deploying account where nobody is signed in: synthesis needs no account. */
export const PLACEHOLDER_ACCOUNT = '111111111111';

export interface ForgeStageProps {
  readonly config: StageConfig;
  readonly assets: StageAssets;
  /** @default the configured account, else that of the credentials, else a placeholder */
  readonly account?: string | undefined;
}

export class ForgeStage extends Stage {
  readonly data: DataStack;
  /** Only where the stage has a network of its own. */
  readonly network: NetworkStack | undefined;
  readonly compute: ComputeStack;
  readonly pipeline: PipelineStack;
  readonly api: ApiStack;

  constructor(scope: Construct, { config, assets, account }: ForgeStageProps) {
    const env = { account: config.account ?? account ?? PLACEHOLDER_ACCOUNT, region: config.region };
    super(scope, `Forge-${config.stage}`, { env });
    // The older of the two template validators knows no tags on a dashboard.
    Tags.of(this).add('forge-stage', config.stage, { excludeResourceTypes: ['AWS::CloudWatch::Dashboard'] });
    this.data = new DataStack(this, 'Data', { config });
    const { network } = config;
    if (network.mode !== 'existing') this.network = new NetworkStack(this, 'Network', { config, network });
    this.compute = new ComputeStack(this, 'Compute', { config, vpc: this.network?.vpc as IVpc | undefined });
    const { data, compute } = this;
    this.pipeline = new PipelineStack(this, 'Pipeline', { config, assets, data, compute });
    this.api = new ApiStack(this, 'Api', { config, assets, data, pipeline: this.pipeline });
  }
}
