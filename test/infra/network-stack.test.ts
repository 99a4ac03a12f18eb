import { Template } from 'aws-cdk-lib/assertions';
import type { StageConfig } from '#infra/config/stage-config.ts';
import { synthesise } from './synthesised-stage.ts';

const withNetwork = (network: StageConfig['network'], lookedUp = {}) =>
  synthesise({ config: { network }, lookedUp }).stage;
const networkOf = (network: StageConfig['network']): Template => {
  const { network: stack } = withNetwork(network);
  if (!stack) throw new Error('this stage has no network of its own');
  return Template.fromStack(stack);
};

describe('a public network', () => {
  const template = networkOf({ mode: 'public', maxZones: 3 });

  it('costs nothing while idle: no NAT gateway, no address, no interface endpoint', () => {
    for (const type of ['AWS::EC2::NatGateway', 'AWS::EC2::EIP']) template.resourceCountIs(type, 0);
    const endpoints = Object.values(template.findResources('AWS::EC2::VPCEndpoint'));
    expect(endpoints.map(({ Properties }) => Properties.VpcEndpointType)).toEqual(['Gateway', 'Gateway']);
  });

  it('lies in zones that exist, as cdk.context.json has them, and not in the dummies of an app without context', () => {
    const zones = Object.values(template.findResources('AWS::EC2::Subnet')).map(
      ({ Properties }) => Properties.AvailabilityZone,
    );
    expect(zones).toEqual(['us-east-1a', 'us-east-1b', 'us-east-1c']);
  });

  it('logs what was refused, for a week, by a role that only this account can use', () => {
    template.hasResourceProperties('AWS::EC2::FlowLog', { TrafficType: 'REJECT' });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
            Condition: {
              StringEquals: { 'aws:SourceAccount': '111111111111' },
              ArnLike: {
                'aws:SourceArn': 'arn:aws:ec2:us-east-1:111111111111:vpc-flow-log/*',
              },
            },
          },
        ],
      },
    });
  });

  it('needs no function of the CDK', () => {
    template.resourceCountIs('AWS::Lambda::Function', 0);
  });

  it('takes its zones from the configuration where they are given, without a look-up', () => {
    const availabilityZones = ['us-east-1d', 'us-east-1f'];
    const { network } = synthesise({ config: { availabilityZones } }).stage;
    expect(network?.vpc.availabilityZones).toEqual(availabilityZones);
  });
});

describe('other networks', () => {
  it('with a NAT have one gateway, and jobs in private subnets', () => {
    networkOf({ mode: 'nat', maxZones: 2 }).resourceCountIs('AWS::EC2::NatGateway', 1);
  });

  it('that are isolated have no way out but endpoints for what an instance needs', () => {
    const template = networkOf({ mode: 'isolated', maxZones: 1 });
    template.resourceCountIs('AWS::EC2::InternetGateway', 0);
    const kinds = Object.values(template.findResources('AWS::EC2::VPCEndpoint')).map(
      ({ Properties }) => Properties.VpcEndpointType,
    );
    expect(kinds.filter((kind) => kind === 'Interface')).toHaveLength(7);
  });

  it('that exist already are used by their id, and no network is made', () => {
    const vpcId = 'vpc-0123456789abcdef0';
    const key = `vpc-provider:account=111111111111:filter.vpc-id=${vpcId}:region=us-east-1:returnAsymmetricSubnets=true`;
    const subnets = ['subnet-a', 'subnet-b'].map((subnetId, index) => ({
      subnetId,
      cidr: `10.0.${index}.0/24`,
      availabilityZone: `us-east-1${'ab'[index]}`,
      routeTableId: 'rtb-1',
    }));
    const answer = {
      vpcId,
      vpcCidrBlock: '10.0.0.0/16',
      ownerAccountId: '111111111111',
      availabilityZones: [],
      subnetGroups: [{ name: 'Private', type: 'Private', subnets }],
    };
    const stage = withNetwork({ mode: 'existing', vpcId }, { [key]: answer });
    expect(stage.network).toBeUndefined();
    Template.fromStack(stage.compute).allResourcesProperties('AWS::Batch::ComputeEnvironment', {
      ComputeResources: { Subnets: ['subnet-a', 'subnet-b'] },
    });
  });
});
