import { Duration } from 'aws-cdk-lib';
import {
  type CfnStage,
  HttpApi,
  HttpMethod,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import {
  HttpIamAuthorizer,
  HttpJwtAuthorizer,
  HttpLambdaAuthorizer,
  HttpLambdaResponseType,
} from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import openapi from '#contracts/openapi.json' with { type: 'json' };
import type { StageConfig } from '../config/stage-config.ts';
import { acknowledge } from './nag-acknowledgement.ts';
import { removalOf } from './removal.ts';

const ROUTE = { path: '/v1/{proxy+}', methods: [HttpMethod.ANY] };

/** What the OpenAPI document asks no credentials for. */
export const OPEN_PATHS = Object.entries(openapi.paths as Record<string, { get?: { security?: unknown[] } }>)
  .filter(([path, { get }]) => path.startsWith('/v1/') && get?.security?.length === 0)
  .map(([path]) => path);

/** Of each open route: enough to watch a stage by, and too little to wear it out. */
const OPEN_THROTTLE = { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 };

/** How long the gateway believes an answer about a key. */
const KEY_CACHE = Duration.seconds(15);

/** Every API is throttled and logs who called what, without what was said. */
abstract class LoggedApi extends Construct {
  readonly #api: HttpApi;
  readonly #stage: HttpStage;

  constructor(
    scope: Construct,
    id: string,
    { config, name }: { readonly config: StageConfig; readonly name: string },
  ) {
    super(scope, id);
    const { requestsPerSecond, burst } = config.api;
    this.#api = new HttpApi(this, 'Api', {
      apiName: `forge-${config.stage}-${name}`,
      createDefaultStage: false,
    });
    const log = new LogGroup(this, 'Log', {
      retention: config.logRetentionDays,
      removalPolicy: removalOf(config),
    });
    this.#stage = new HttpStage(this, 'Stage', {
      httpApi: this.#api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: requestsPerSecond, burstLimit: burst },
      accessLogSettings: { destination: new LogGroupLogDestination(log) },
    });
  }

  get url(): string {
    return this.#api.apiEndpoint;
  }

  /** Everything, for whom the authorizer lets pass. */
  protected passOn(handler: IFunction, authorizer: IHttpRouteAuthorizer): void {
    this.#api.addRoutes({ ...ROUTE, authorizer, integration: new HttpLambdaIntegration('Answer', handler) });
  }

  /** What anybody may ask, less often. */
  protected open(handler: IFunction): void {
    const integration = new HttpLambdaIntegration('AnswerAnybody', handler);
    const methods = [HttpMethod.GET, HttpMethod.HEAD];
    for (const route of OPEN_PATHS.flatMap((path) => this.#api.addRoutes({ path, methods, integration }))) {
      acknowledge(route, 'decided-by-the-function');
      // The gateway refuses a limit of a route that it does not have yet.
      this.#stage.node.addDependency(route);
    }
    const keys = OPEN_PATHS.flatMap((path) => methods.map((method) => `${method} ${path}`));
    const stage = this.#stage.node.defaultChild as CfnStage;
    stage.routeSettings = Object.fromEntries(keys.map((key) => [key, OPEN_THROTTLE]));
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
    this.passOn(handler, new HttpJwtAuthorizer('Token', issuer, { jwtAudience: [audience] }));
    this.open(handler);
  }
}

/**
 * For machines of this account: requests signed with its keys (SigV4). An API of its own and not a prefix: a route takes
 * one kind of caller, and the paths stay those of the OpenAPI document.
 */
export class MachineApi extends LoggedApi {
  constructor(scope: Construct, id: string, { config }: { readonly config: StageConfig }) {
    super(scope, id, { config, name: 'machines' });
  }

  answerBy(handler: IFunction): void {
    this.passOn(handler, new HttpIamAuthorizer());
  }
}

/** For machines anywhere: an API key as the bearer token, which a function looks up before the other one is called. */
export class KeyApi extends LoggedApi {
  constructor(scope: Construct, id: string, { config }: { readonly config: StageConfig }) {
    super(scope, id, { config, name: 'keys' });
  }

  answerBy(handler: IFunction, judge: IFunction): void {
    const authorizer = new HttpLambdaAuthorizer('Key', judge, {
      identitySource: ['$request.header.Authorization'],
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      resultsCacheTtl: KEY_CACHE,
    });
    this.passOn(handler, authorizer);
    this.open(handler);
  }
}
