import { Match } from 'aws-cdk-lib/assertions';
import { devConfig, synthesise } from './synthesised-stage.ts';

const config = devConfig();
const { stage, templateOf } = synthesise();
const template = templateOf(stage.compute);

const environments = Object.entries(template.findResources('AWS::Batch::ComputeEnvironment'));
const named = (part: string) => {
  const found = environments.filter(([id]) => id.startsWith(part));
  expect(found).toHaveLength(1);
  const [id, { Properties }] = found[0] ?? ['', { Properties: {} }];
  return { id, properties: Properties, resources: Properties.ComputeResources };
};
const queueOf = (kind: string) =>
  Object.values(
    template.findResources('AWS::Batch::JobQueue', { Properties: { JobQueueName: `forge-dev-${kind}` } }),
  )[0]?.Properties;

describe('the GPU environments', () => {
  const spot = named('GpuSpot');
  const onDemand = named('GpuOnDemand');

  it('are Spot at the price and capacity that AWS recommends, over at least six types', () => {
    expect(spot.resources).toMatchObject({
      Type: 'SPOT',
      AllocationStrategy: 'SPOT_PRICE_CAPACITY_OPTIMIZED',
      MinvCpus: 0,
      MaxvCpus: config.compute.spotMaxVcpus,
      Ec2Configuration: [{ ImageType: 'ECS_AL2023_NVIDIA' }],
    });
    expect(new Set(spot.resources.InstanceTypes).size).toBeGreaterThanOrEqual(6);
    expect(spot.resources.InstanceTypes).toEqual(config.compute.gpuInstanceTypes);
    expect(spot.resources).not.toHaveProperty('SpotIamFleetRole');
  });

  it('are on-demand in the second place of the queue', () => {
    expect(onDemand.resources).toMatchObject({
      Type: 'EC2',
      AllocationStrategy: 'BEST_FIT_PROGRESSIVE',
      MaxvCpus: config.compute.onDemandMaxVcpus,
      InstanceTypes: config.compute.gpuInstanceTypes,
    });
    const order = queueOf('gpu').ComputeEnvironmentOrder;
    expect(order.map((entry: { Order: number }) => entry.Order)).toEqual([1, 2]);
    expect(JSON.stringify(order[0])).toContain(spot.id);
    expect(JSON.stringify(order[1])).toContain(onDemand.id);
  });
});

describe('the CPU environment', () => {
  it('holds no type with a GPU, and no phase with a GPU waits in its queue', () => {
    const cpu = named('CpuSpot');
    expect(cpu.resources).toMatchObject({
      InstanceTypes: config.compute.cpuInstanceTypes,
      Ec2Configuration: [{ ImageType: 'ECS_AL2023' }],
      MinvCpus: 0,
    });
    expect(queueOf('cpu').ComputeEnvironmentOrder).toHaveLength(1);
  });
});

describe('every environment', () => {
  it('is managed, is replaced by nothing while jobs run, and is named by AWS', () => {
    expect(environments).toHaveLength(3);
    for (const [, { Properties }] of environments) {
      expect(Properties).toMatchObject({ Type: 'managed', ReplaceComputeEnvironment: false });
      expect(Properties).not.toHaveProperty('ServiceRole');
      expect(Properties.UpdatePolicy.TerminateJobsOnUpdate).toBe(false);
      expect(Properties).not.toHaveProperty('ComputeEnvironmentName');
    }
  });
});

describe('every queue', () => {
  it.each(['gpu', 'cpu'])('for %s jobs shares fairly between tenants', (kind) => {
    expect(queueOf(kind).SchedulingPolicyArn).toBeDefined();
    template.resourceCountIs('AWS::Batch::SchedulingPolicy', 2);
    template.allResourcesProperties('AWS::Batch::SchedulingPolicy', {
      FairsharePolicy: Match.objectLike({ ShareDecaySeconds: 3600 }),
    });
  });

  it.each(['gpu', 'cpu'])('for %s jobs cancels what could never start', (kind) => {
    const limits: readonly Record<string, unknown>[] = queueOf(kind).JobStateTimeLimitActions;
    expect(limits.map(({ Reason }) => Reason)).toEqual([
      'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT',
      'MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE',
      'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY',
    ]);
    for (const limit of limits) {
      expect(limit).toMatchObject({ Action: 'CANCEL', State: 'RUNNABLE' });
      expect(limit.MaxTimeSeconds).toBeGreaterThanOrEqual(600);
      expect(limit.MaxTimeSeconds).toBeLessThanOrEqual(86_400);
    }
  });
});

describe('an instance', () => {
  it('answers metadata with a token only, and not to its containers', () => {
    template.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: { MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 } },
    });
  });

  it('writes to an encrypted volume that goes with it', () => {
    template.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: {
        BlockDeviceMappings: [
          {
            DeviceName: '/dev/xvda',
            Ebs: Match.objectLike({
              Encrypted: true,
              DeleteOnTermination: true,
              VolumeType: 'gp3',
              VolumeSize: config.compute.volumeGiB,
            }),
          },
        ],
      },
    });
  });

  it('gives a container 60 s between SIGTERM and SIGKILL', () => {
    const [{ Properties }] = Object.values(template.findResources('AWS::EC2::LaunchTemplate')) as [
      { Properties: { LaunchTemplateData: { UserData: unknown } } },
    ];
    expect(JSON.stringify(Properties.LaunchTemplateData.UserData)).toContain(
      'ECS_CONTAINER_STOP_TIMEOUT=60s',
    );
  });

  it('lets nobody in', () => {
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
    template.allResourcesProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() });
  });

  it('has the role that AWS keeps for it and no other right', () => {
    template.resourceCountIs('AWS::IAM::Policy', 0);
    template.hasResourceProperties('AWS::IAM::Role', {
      ManagedPolicyArns: [
        {
          'Fn::Join': Match.arrayWith([
            Match.arrayWith([Match.stringLikeRegexp('AmazonEC2ContainerServiceforEC2Role')]),
          ]),
        },
      ],
    });
  });
});
