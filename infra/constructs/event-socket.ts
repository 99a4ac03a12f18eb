import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnAccount } from 'aws-cdk-lib/aws-apigateway';
import {
  type IWebSocketApi,
  LogGroupLogDestination,
  WebSocketApi,
  WebSocketRoute,
  WebSocketStage,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageConfig } from '../config/stage-config.ts';
import { acknowledge } from './nag-acknowledgement.ts';
import { removalOf } from './removal.ts';

const STAGE = 'live';
const ROUTES = ['$connect', '$disconnect', '$default'];

/** Events as they happen. One function answers every frame; others post to the connections that it remembered. */
export class EventSocket extends Construct {
  readonly api: WebSocketApi;
  readonly #stage: WebSocketStage;

  constructor(scope: Construct, id: string, { config }: { readonly config: StageConfig }) {
    super(scope, id);
    const { requestsPerSecond, burst } = config.api;
    this.api = new WebSocketApi(this, 'Api', { apiName: `forge-${config.stage}-events` });
    const log = new LogGroup(this, 'Log', {
      retention: config.logRetentionDays,
      removalPolicy: removalOf(config),
    });
    this.#stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName: STAGE,
      autoDeploy: true,
      throttle: { rateLimit: requestsPerSecond, burstLimit: burst },
      accessLogSettings: { destination: new LogGroupLogDestination(log) },
    });
    this.#stage.node.addDependency(this.#accountLog());
  }

  /** Unlike an HTTP API, a WebSocket API logs under a role that the account's settings name. */
  #accountLog(): CfnAccount {
    const stack = Stack.of(this);
    const role = new Role(this, 'LogRole', { assumedBy: new ServicePrincipal('apigateway.amazonaws.com') });
    const actions = ['CreateLogGroup', 'CreateLogStream', 'DescribeLogGroups', 'DescribeLogStreams']
      .concat('FilterLogEvents', 'GetLogEvents', 'PutLogEvents')
      .map((name) => `logs:${name}`);
    const groups = { service: 'logs', resource: 'log-group', resourceName: '*' };
    const resources = [stack.formatArn({ ...groups, arnFormat: ArnFormat.COLON_RESOURCE_NAME })];
    role.addToPolicy(new PolicyStatement({ actions, resources }));
    const account = new CfnAccount(this, 'Account', { cloudWatchRoleArn: role.roleArn });
    // Other APIs of the account may log by it.
    account.applyRemovalPolicy(RemovalPolicy.RETAIN);
    account.node.addDependency(role);
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return account;
  }

  /** Where a client connects. */
  get url(): string {
    return this.#stage.url;
  }

  /** Where a function posts to a connection. */
  get endpoint(): string {
    return this.#stage.callbackUrl;
  }

  get connectionsArn(): string {
    const { apiId } = this.api;
    const resourceName = `${STAGE}/POST/@connections/*`;
    return Stack.of(this).formatArn({ service: 'execute-api', resource: apiId, resourceName });
  }

  /** @param scope of the function: what it has to know of the sign-in is known after this API */
  answerBy(scope: Construct, handler: IFunction): void {
    for (const routeKey of ROUTES) {
      const name = routeKey.slice(1);
      const integration = new WebSocketLambdaIntegration(`Answer${name}`, handler);
      const route = new WebSocketRoute(scope, `Socket-${name}`, {
        webSocketApi: this.api as IWebSocketApi,
        routeKey,
        integration,
      });
      acknowledge(route, 'decided-by-the-function');
    }
  }
}
