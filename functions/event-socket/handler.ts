/** event-socket on AWS Lambda, behind a WebSocket API of API Gateway. */
import { ownPorts, readEnvironment, readIdentity, socketPort, tablePorts } from '#adapters/aws/ports.ts';
import { apiKeyAuthenticator } from '#adapters/identity/api-key-authenticator.ts';
import { authenticatorChain } from '#adapters/identity/authenticator-chain.ts';
import { cognitoSettings } from '#adapters/identity/cognito-settings.ts';
import { jwtAuthenticator } from '#adapters/identity/jwt-authenticator.ts';
import { createEventSocket } from './event-socket.ts';

const environment = readEnvironment(['FORGE_TABLE', 'FORGE_SOCKET_ENDPOINT']);
const ports = { ...ownPorts, ...tablePorts(environment), sender: socketPort(environment) };

/** Tokens of the pool, where one is configured, and API keys. No authorizer stands before a socket, so nobody signs. */
function authenticator() {
  const { cognito } = readIdentity();
  const keys = apiKeyAuthenticator(ports);
  if (cognito === undefined) return authenticatorChain([keys]);
  const settings = cognitoSettings(cognito);
  return authenticatorChain([jwtAuthenticator(settings, ports.clock), keys]);
}

export const handler = createEventSocket({ ...ports, authenticator: authenticator() });
