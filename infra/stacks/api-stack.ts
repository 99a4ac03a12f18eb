/**
 * How people and machines come in: the HTTP APIs, the sign-in, the site and `/v1` behind one name. One stack, because
 * the sign-in has to know the site's name, the API who signs in, and the site the API.
 */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { IDENTITY_VARIABLE } from '#contracts/source/identity.ts';
import { REQUESTS_VARIABLE } from '#contracts/source/quotas.ts';
import type { StageConfig } from '../config/stage-config.ts';
import { ForgeFunction } from '../constructs/forge-function.ts';
import { MachineApi, UserApi } from '../constructs/http-apis.ts';
import { SignIn } from '../constructs/sign-in.ts';
import { Site } from '../constructs/site.ts';
import { SiteContent } from '../constructs/site-content.ts';
import type { StageAssets } from '../stage-assets.ts';
import type { DataStack } from './data-stack.ts';
import type { PipelineStack } from './pipeline-stack.ts';

const API = 'api';

export interface ApiStackProps extends StackProps {
  readonly config: StageConfig;
  readonly assets: StageAssets;
  readonly data: DataStack;
  readonly pipeline: PipelineStack;
}

export class ApiStack extends Stack {
  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props);
    const { config, assets, data, pipeline } = props;
    const users = new UserApi(this, 'Users', { config });
    const machines = new MachineApi(this, 'Machines', { config });
    const site = new Site(this, 'Site', { config, api: users });
    const signIn = new SignIn(this, 'SignIn', { config, users: data.users, siteUrl: site.url });
    const handler = this.#handler(props, signIn).function as IFunction;
    users.answerBy(handler, signIn);
    machines.answerBy(handler);
    new SiteContent(this, 'Content', {
      place: pipeline.place,
      bucket: site.bucket,
      folder: assets.site,
      publisher: assets.sitePublisher,
      settings: { ...signIn.settings, socketUrl: pipeline.socket?.url ?? '' },
    });
    for (const [name, value] of Object.entries({
      SiteUrl: site.url,
      ApiUrl: `${site.url}/v1`,
      MachineApiUrl: machines.url,
      Issuer: signIn.issuer,
      ClientId: signIn.audience,
      BlobBucket: data.blobs.bucket.bucketName,
      SiteBucket: site.bucket.bucketName,
    }))
      new CfnOutput(this, name, { value });
    if (pipeline.socket) new CfnOutput(this, 'SocketUrl', { value: pipeline.socket.url });
  }

  #handler({ config, assets, pipeline }: ApiStackProps, { identity }: SignIn): ForgeFunction {
    const facts = assets.functions[API];
    if (!facts)
      throw new Error(`contracts/functions.json has no function ${API}; the HTTP API has nobody to answer.`);
    const environment = {
      [IDENTITY_VARIABLE]: Stack.of(this).toJsonString(identity),
      [REQUESTS_VARIABLE]: String(config.api.tenantRequestsPerMinute),
    };
    return new ForgeFunction(this, API, { ...pipeline.place, name: API, facts, environment });
  }
}
