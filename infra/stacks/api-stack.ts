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
import { KeyApi, MachineApi, UserApi } from '../constructs/http-apis.ts';
import { SignIn } from '../constructs/sign-in.ts';
import { Site } from '../constructs/site.ts';
import { SiteContent } from '../constructs/site-content.ts';
import type { StageAssets } from '../stage-assets.ts';
import type { DataStack } from './data-stack.ts';
import type { PipelineStack } from './pipeline-stack.ts';

const API = 'api';
const KEY_JUDGE = 'authorise-key';

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
    const keys = new KeyApi(this, 'Keys', { config });
    const site = new Site(this, 'Site', { config, api: users });
    const signIn = new SignIn(this, 'SignIn', { config, users: data.users, siteUrl: site.url });
    const handler = this.#function(props, API, {
      [IDENTITY_VARIABLE]: this.toJsonString(signIn.identity),
      [REQUESTS_VARIABLE]: String(config.api.tenantRequestsPerMinute),
    });
    users.answerBy(handler, signIn);
    machines.answerBy(handler);
    keys.answerBy(handler, this.#function(props, KEY_JUDGE));
    this.#answerSockets(props, signIn);
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
      KeyApiUrl: keys.url,
      Issuer: signIn.issuer,
      ClientId: signIn.audience,
      BlobBucket: data.blobs.bucket.bucketName,
      SiteBucket: site.bucket.bucketName,
    }))
      new CfnOutput(this, name, { value });
    if (pipeline.socket) new CfnOutput(this, 'SocketUrl', { value: pipeline.socket.url });
  }

  #function({ assets, pipeline }: ApiStackProps, name: string, environment = {}): IFunction {
    const facts = assets.functions[name];
    if (!facts)
      throw new Error(`contracts/functions.json has no function ${name}, which the HTTP APIs need.`);
    const made = new ForgeFunction(this, name, { ...pipeline.place, name, facts, environment });
    return made.function as IFunction;
  }

  /** People come to sockets as they come to the HTTP API. */
  #answerSockets(props: ApiStackProps, { identity }: SignIn): void {
    const environment = { [IDENTITY_VARIABLE]: this.toJsonString(identity) };
    for (const [name, { triggers }] of Object.entries(props.assets.functions))
      if (triggers.includes('socket'))
        props.pipeline.socket?.answerBy(this, this.#function(props, name, environment));
  }
}
