import { RemovalPolicy } from 'aws-cdk-lib';

/** Protected data stays when its stack goes; a stage for trying things leaves nothing behind. */
export const removalOf = ({ protectData }: { readonly protectData: boolean }): RemovalPolicy =>
  protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
