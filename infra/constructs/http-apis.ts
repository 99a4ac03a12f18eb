import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageConfig } from '../config/stage-config.ts';
import { removalOf } from './removal.ts';

const ROUTE = { path: '/v1/{proxy+}', methods: [HttpMethod.ANY] };

/** Every API is throttled and logs who called what, without what was said. */
abstract class LoggedApi extends Construct {
  protected readonly api: HttpApi;

  constructor(
    scope: Construct,
    id: string,
    { config, name }: { readonly config: StageConfig; readonly name: string },
  ) {
    super(scope, id);
    const { requestsPerSecond, burst } = config.api;
    this.api = new HttpApi(this, 'Api', {
      apiName: `forge-${config.stage}-${name}`,
      createDefaultStage: false,
    });
    const log = new LogGroup(this, 'Log', {
      retention: config.logRetentionDays,
      removalPolicy: removalOf(config),
    });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: requestsPerSecond, burstLimit: burst },
      accessLogSettings: { destination: new LogGroupLogDestination(log) },
    });
  }

  get url(): string {
    return this.api.apiEndpoint;
  }
}

/** For people: a token of the sign-in, checked before the function is called. */
export class UserApi extends LoggedApi {
  constructor(scope: Construct, id: string, { config }: { readonly config: StageConfig }) {
    super(scope, id, { config, name: 'users' });
  }

  answerBy(
    handler: IFunction,
    { issuer, audience }: { readonly issuer: string; readonly audience: string },
  ): void {
    const authorizer = new HttpJwtAuthorizer('Token', issuer, { jwtAudience: [audience] });
    this.api.addRoutes({ ...ROUTE, authorizer, integration: new HttpLambdaIntegration('Answer', handler) });
  }
}

/**
 * For machines: requests signed with the keys of the account (SigV4). An API of its own and not a prefix: a route takes
 * one kind of caller, and the paths stay those of the OpenAPI document.
 */
export class MachineApi extends LoggedApi {
  constructor(scope: Construct, id: string, { config }: { readonly config: StageConfig }) {
    super(scope, id, { config, name: 'machines' });
  }

  answerBy(handler: IFunction): void {
    const authorizer = new HttpIamAuthorizer();
    this.api.addRoutes({ ...ROUTE, authorizer, integration: new HttpLambdaIntegration('Answer', handler) });
  }
}
