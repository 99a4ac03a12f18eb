/** The HTTP API on AWS Lambda, behind an HTTP API of API Gateway. */
import { handle, type LambdaContext, type LambdaEvent } from 'hono/aws-lambda';
import {
  blobPorts,
  jobPorts,
  logPort,
  ownPorts,
  readEnvironment,
  readIdentity,
  readRequestsPerMinute,
  secretPort,
  tablePorts,
  workflowPort,
} from '#adapters/aws/ports.ts';
import { apiKeyAuthenticator, type KeyPorts } from '#adapters/identity/api-key-authenticator.ts';
import { authenticatorChain } from '#adapters/identity/authenticator-chain.ts';
import { cognitoSettings } from '#adapters/identity/cognito-settings.ts';
import { gatewayAuthenticator } from '#adapters/identity/gateway-authenticator.ts';
import { jwtAuthenticator } from '#adapters/identity/jwt-authenticator.ts';
import { guardedSender } from '#adapters/outbound/guarded-sender.ts';
import type { Authenticator } from '#core/ports/authenticator.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { createApi } from './api.ts';
import { gatewayCaller } from './gateway-caller.ts';

/** API Gateway gives a whole answer or none: a stream of events ends soon, and the client asks for the rest. */
const STREAM_SECONDS = 5;

/** A revoked key is refused everywhere after so long. */
const KEY_CACHE_SECONDS = 15;

/** Somebody whom neither a key nor the configuration knows is refused. */
function authenticator(ports: KeyPorts): Authenticator {
  const { cognito, callers } = readIdentity();
  const members = [
    gatewayAuthenticator(callers),
    apiKeyAuthenticator(ports, { cacheSeconds: KEY_CACHE_SECONDS }),
  ];
  if (cognito === undefined) return authenticatorChain(members);
  const settings = cognitoSettings(cognito);
  return authenticatorChain([...members, jwtAuthenticator(settings, ports.clock)]);
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
  const table = tablePorts(environment);
  const ports = {
    ...ownPorts,
    ...table,
    ...blobPorts(environment),
    jobs,
    workflow: workflowPort(environment),
    logs: logPort(environment, jobDirectory),
    authenticator: authenticator({ ...ownPorts, ...table }),
    outbound: guardedSender(),
    webhookKey: { read: () => secrets.readOrMake('webhook-key', newSecret) },
  };
  const { version } = packageFile;
  return handle(
    createApi(ports, {
      version,
      cursorSecret,
      requestsPerMinute: readRequestsPerMinute(),
      streamSeconds: STREAM_SECONDS,
      callerArn: gatewayCaller,
    }),
  );
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
