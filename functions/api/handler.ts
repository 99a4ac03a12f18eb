/** The HTTP API on AWS Lambda, behind an HTTP API of API Gateway. */
import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';
import {
  blobPorts,
  jobPorts,
  logPort,
  ownPorts,
  readEnvironment,
  readIdentity,
  secretPort,
  tablePorts,
  workflowPort,
} from '#adapters/aws/ports.ts';
import { authenticatorChain } from '#adapters/identity/authenticator-chain.ts';
import { cognitoSettings } from '#adapters/identity/cognito-settings.ts';
import { gatewayAuthenticator } from '#adapters/identity/gateway-authenticator.ts';
import { jwtAuthenticator } from '#adapters/identity/jwt-authenticator.ts';
import { guardedSender } from '#adapters/outbound/guarded-sender.ts';
import type { Authenticator } from '#core/ports/authenticator.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { createApi } from './api.ts';

/** API Gateway gives a whole answer or none: a stream of events ends soon, and the client asks for the rest. */
const STREAM_SECONDS = 5;

/** Somebody whom no configuration knows is refused; without any, everybody is. */
function authenticator(): Authenticator {
  const { cognito, callers } = readIdentity();
  const signed = gatewayAuthenticator(callers);
  if (cognito === undefined) return authenticatorChain([signed]);
  const settings = cognitoSettings(cognito as Parameters<typeof cognitoSettings>[0]);
  return authenticatorChain([signed, jwtAuthenticator(settings, ownPorts.clock)]);
}

/** Who signed, as the gateway's IAM authorizer has verified it. */
function callerArn({ env }: { readonly env: unknown }): string | undefined {
  const { event } = env as { event?: { requestContext?: { authorizer?: { iam?: { userArn?: unknown } } } } };
  const arn = event?.requestContext?.authorizer?.iam?.userArn;
  return typeof arn === 'string' ? arn : undefined;
}

async function open() {
  const environment = readEnvironment([
    'FORGE_TABLE',
    'FORGE_BUCKET',
    'FORGE_PIPELINE_ARN',
    'FORGE_JOB_QUEUE',
    'FORGE_JOB_LOG_GROUP',
    'FORGE_SECRET_PREFIX',
  ]);
  const { jobs, jobDirectory } = jobPorts(environment);
  const secrets = secretPort(environment);
  const newSecret = () => Buffer.from(ownPorts.entropy.bytes(32)).toString('hex');
  const cursorSecret = await secrets.readOrMake('cursor-secret', newSecret);
  const ports = {
    ...ownPorts,
    ...tablePorts(environment),
    ...blobPorts(environment),
    jobs,
    workflow: workflowPort(environment),
    logs: logPort(environment, jobDirectory),
    authenticator: authenticator(),
    outbound: guardedSender(),
    webhookKey: { read: () => secrets.readOrMake('webhook-key', newSecret) },
  };
  const { version } = packageFile;
  return handle(createApi(ports, { version, cursorSecret, streamSeconds: STREAM_SECONDS, callerArn }));
}

let opened: ReturnType<typeof open> | undefined;

export async function handler(event: LambdaEvent, context?: LambdaContext): Promise<unknown> {
  opened ??= open().catch((error: unknown) => {
    // The next request tries again: what was missing may be there by then.
    opened = undefined;
    throw error;
  });
  return (await opened)(event, context);
}
