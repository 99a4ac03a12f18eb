import { Duration } from 'aws-cdk-lib';
import {
  AllocationStrategy,
  EcsMachineImageType,
  FairshareSchedulingPolicy,
  JobQueue,
  JobStateTimeLimitActionsAction,
  JobStateTimeLimitActionsReason,
  JobStateTimeLimitActionsState,
  ManagedEc2EcsComputeEnvironment,
} from 'aws-cdk-lib/aws-batch';
import { InstanceType, type ISecurityGroup, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { StageConfig } from '../config/stage-config.ts';
import type { JobHost } from './job-host.ts';

export interface QueuePlace {
  readonly config: StageConfig;
  readonly vpc: IVpc;
  readonly securityGroup: ISecurityGroup;
  readonly host: JobHost;
}

interface EnvironmentChoice {
  readonly spot: boolean;
  readonly instanceTypes: readonly string[];
  readonly maxVcpus: number;
  readonly imageType: EcsMachineImageType;
}

/** What a tenant used in the last hour counts against its share. */
const SHARE_MEMORY = Duration.hours(1);
const IMPOSSIBLE = Duration.minutes(10);
const NO_CAPACITY = Duration.hours(12);

/** A job that can never start, or found no instance for half a day, is cancelled: an event instead of a wait for ever. */
const STUCK = [
  { reason: JobStateTimeLimitActionsReason.JOB_RESOURCE_REQUIREMENT, maxTime: IMPOSSIBLE },
  { reason: JobStateTimeLimitActionsReason.COMPUTE_ENVIRONMENT_MAX_RESOURCE, maxTime: IMPOSSIBLE },
  { reason: JobStateTimeLimitActionsReason.INSUFFICIENT_INSTANCE_CAPACITY, maxTime: NO_CAPACITY },
].map((limit) => ({
  ...limit,
  state: JobStateTimeLimitActionsState.RUNNABLE,
  action: JobStateTimeLimitActionsAction.CANCEL,
}));

function environment(scope: Construct, id: string, place: QueuePlace, choice: EnvironmentChoice) {
  const { vpc, securityGroup, host } = place;
  return new ManagedEc2EcsComputeEnvironment(scope, id, {
    vpc,
    securityGroups: [securityGroup],
    instanceRole: host.role,
    launchTemplate: host.launchTemplate,
    spot: choice.spot,
    allocationStrategy: choice.spot
      ? AllocationStrategy.SPOT_PRICE_CAPACITY_OPTIMIZED
      : AllocationStrategy.BEST_FIT_PROGRESSIVE,
    instanceTypes: choice.instanceTypes.map((type) => new InstanceType(type)),
    // Else Batch adds the families that it thinks best, with and without GPUs.
    useOptimalInstanceClasses: false,
    images: [{ imageType: choice.imageType }],
    minvCpus: 0,
    maxvCpus: choice.maxVcpus,
    replaceComputeEnvironment: false,
    terminateOnUpdate: false,
    updateTimeout: Duration.hours(6),
    updateToLatestImageVersion: true,
  });
}

function fairQueue(scope: Construct, name: string, environments: readonly ManagedEc2EcsComputeEnvironment[]) {
  // Without listed shares every tenant weighs the same.
  const schedulingPolicy = new FairshareSchedulingPolicy(scope, 'FairShare', { shareDecay: SHARE_MEMORY });
  return new JobQueue(scope, 'Queue', {
    jobQueueName: name,
    schedulingPolicy,
    computeEnvironments: environments.map((computeEnvironment, index) => ({
      computeEnvironment,
      order: index + 1,
    })),
    jobStateTimeLimitActions: STUCK,
  });
}

/** Phases that train: Spot first, on-demand where Spot is at its limit or cannot be had. */
export class GpuQueue extends Construct {
  readonly queue: JobQueue;

  constructor(scope: Construct, id: string, place: QueuePlace) {
    super(scope, id);
    const { gpuInstanceTypes, spotMaxVcpus, onDemandMaxVcpus } = place.config.compute;
    const gpu = { instanceTypes: gpuInstanceTypes, imageType: EcsMachineImageType.ECS_AL2023_NVIDIA };
    const spot = environment(this, 'Spot', place, { ...gpu, spot: true, maxVcpus: spotMaxVcpus });
    const onDemand = environment(this, 'OnDemand', place, {
      ...gpu,
      spot: false,
      maxVcpus: onDemandMaxVcpus,
    });
    this.queue = fairQueue(this, `forge-${place.config.stage}-gpu`, [spot, onDemand]);
  }
}

/** Phases that need no GPU never occupy an instance that has one. */
export class CpuQueue extends Construct {
  readonly queue: JobQueue;

  constructor(scope: Construct, id: string, place: QueuePlace) {
    super(scope, id);
    const { cpuInstanceTypes, cpuMaxVcpus } = place.config.compute;
    const spot = environment(this, 'Spot', place, {
      spot: true,
      instanceTypes: cpuInstanceTypes,
      maxVcpus: cpuMaxVcpus,
      imageType: EcsMachineImageType.ECS_AL2023,
    });
    this.queue = fairQueue(this, `forge-${place.config.stage}-cpu`, [spot]);
  }
}
