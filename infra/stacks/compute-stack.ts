/** Where jobs run: Batch's environments and queues. Job definitions stand with the state machine that submits them. */
import { Stack, type StackProps } from 'aws-cdk-lib';
import { type IVpc, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/stage-config.ts';
import { JobHost } from '../constructs/job-host.ts';
import { CpuQueue, GpuQueue } from '../constructs/job-queues.ts';

export interface ComputeStackProps extends StackProps {
  readonly config: StageConfig;
  /** @default the configured network, looked up by its id */
  readonly vpc?: IVpc | undefined;
}

export class ComputeStack extends Stack {
  readonly gpu: GpuQueue;
  readonly cpu: CpuQueue;

  constructor(scope: Construct, id: string, props: ComputeStackProps) {
    super(scope, id, props);
    const { config } = props;
    const vpc = props.vpc ?? this.#existingVpc(config.network);
    const securityGroup = new SecurityGroup(this, 'Jobs', {
      vpc,
      description: 'Jobs: nothing comes in, everything may go out.',
      allowAllOutbound: true,
    });
    const host = new JobHost(this, 'Host', { volumeGiB: config.compute.volumeGiB });
    const place = { config, vpc, securityGroup, host };
    this.gpu = new GpuQueue(this, 'Gpu', place);
    this.cpu = new CpuQueue(this, 'Cpu', place);
  }

  #existingVpc(network: StageConfig['network']): IVpc {
    if (network.mode !== 'existing')
      throw new Error(`A network of mode ${network.mode} belongs to a NetworkStack; pass its vpc.`);
    return Vpc.fromLookup(this, 'Vpc', { vpcId: network.vpcId });
  }
}
