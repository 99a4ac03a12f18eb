import {
  BlockDeviceVolume,
  EbsDeviceVolumeType,
  LaunchTemplate,
  LaunchTemplateHttpTokens,
  MultipartBody,
  MultipartUserData,
} from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from './nag-acknowledgement.ts';

/** A job checkpoints within 20 s of SIGTERM; the rest is for copying it away. AWS's own 30 s would leave little. */
const STOP_SECONDS = 60;

/** The instances that jobs run on: what they boot with, and what their agent may do. */
export class JobHost extends Construct {
  readonly launchTemplate: LaunchTemplate;
  readonly role: Role;

  constructor(scope: Construct, id: string, { volumeGiB }: { readonly volumeGiB: number }) {
    super(scope, id);
    // EC2 takes a role for its own account only: there is no deputy to confuse.
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      managedPolicies: [
        ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonEC2ContainerServiceforEC2Role'),
      ],
    });
    acknowledge(
      this.role,
      'instance-role',
      'Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role',
    );
    const userData = new MultipartUserData();
    userData.addPart(
      MultipartBody.fromRawBody({
        contentType: 'text/x-shellscript; charset="us-ascii"',
        body: `#!/bin/bash\necho ECS_CONTAINER_STOP_TIMEOUT=${STOP_SECONDS}s >> /etc/ecs/ecs.config\n`,
      }),
    );
    this.launchTemplate = new LaunchTemplate(this, 'LaunchTemplate', {
      userData,
      // With one hop a container cannot reach the metadata, and so cannot take the instance's role.
      httpTokens: LaunchTemplateHttpTokens.REQUIRED,
      httpPutResponseHopLimit: 1,
      blockDevices: [
        {
          deviceName: '/dev/xvda',
          volume: BlockDeviceVolume.ebs(volumeGiB, {
            volumeType: EbsDeviceVolumeType.GP3,
            encrypted: true,
            deleteOnTermination: true,
            // Pulling the image is most of a cold start.
            iops: 6000,
            throughput: 500,
          }),
        },
      ],
    });
  }
}
