/** A network of the stage's own: public subnets without a NAT gateway cost nothing while no instance runs. */
import { Stack, type StackProps } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  type SubnetConfiguration,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/stage-config.ts';
import { TrustedRole } from '../constructs/trusted-role.ts';

type OwnNetwork = Extract<StageConfig['network'], { maxZones: number }>;

export interface NetworkStackProps extends StackProps {
  readonly config: StageConfig;
  readonly network: OwnNetwork;
}

const SUBNETS: Readonly<Record<OwnNetwork['mode'], SubnetConfiguration[]>> = {
  public: [{ name: 'public', subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: true }],
  nat: [
    { name: 'public', subnetType: SubnetType.PUBLIC, mapPublicIpOnLaunch: false },
    { name: 'private', subnetType: SubnetType.PRIVATE_WITH_EGRESS },
  ],
  isolated: [{ name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED }],
};

/** What an instance without a way out needs: pull an image, join the cluster, write logs, read a parameter. */
const ISOLATED_SERVICES = {
  EcrApi: InterfaceVpcEndpointAwsService.ECR,
  EcrDocker: InterfaceVpcEndpointAwsService.ECR_DOCKER,
  Logs: InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  Ecs: InterfaceVpcEndpointAwsService.ECS,
  EcsAgent: InterfaceVpcEndpointAwsService.ECS_AGENT,
  EcsTelemetry: InterfaceVpcEndpointAwsService.ECS_TELEMETRY,
  Parameters: InterfaceVpcEndpointAwsService.SSM,
};

export class NetworkStack extends Stack {
  readonly vpc: Vpc;

  constructor(scope: Construct, id: string, props: NetworkStackProps) {
    super(scope, id, props);
    const { config, network } = props;
    this.vpc = new Vpc(this, 'Vpc', {
      ...(config.availabilityZones
        ? { availabilityZones: config.availabilityZones.slice(0, network.maxZones) }
        : { maxAzs: network.maxZones }),
      natGateways: network.mode === 'nat' ? 1 : 0,
      subnetConfiguration: SUBNETS[network.mode],
      // Nothing of ours is in the default group; closing it would take a function with rights on all groups.
      restrictDefaultSecurityGroup: false,
      gatewayEndpoints: {
        Blobs: { service: GatewayVpcEndpointAwsService.S3 },
        Table: { service: GatewayVpcEndpointAwsService.DYNAMODB },
      },
    });
    if (network.mode === 'isolated') {
      for (const [name, service] of Object.entries(ISOLATED_SERVICES))
        this.vpc.addInterfaceEndpoint(name, { service, privateDnsEnabled: true });
    }
    this.#logRejected();
  }

  #logRejected(): void {
    const logGroup = new LogGroup(this, 'RejectedTraffic', { retention: 7 });
    const iamRole = new TrustedRole(this, 'FlowLogRole', {
      service: 'vpc-flow-logs',
      source: { service: 'ec2', resource: 'vpc-flow-log', resourceName: '*' },
    });
    this.vpc.addFlowLog('Rejected', {
      trafficType: FlowLogTrafficType.REJECT,
      destination: FlowLogDestination.toCloudWatchLogs(logGroup, iamRole),
    });
  }
}
