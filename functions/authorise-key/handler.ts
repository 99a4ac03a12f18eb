/** authorise-key on AWS Lambda, the authorizer of the HTTP API for keys. */
import { ownPorts, readEnvironment, tablePorts } from '#adapters/aws/ports.ts';
import { apiKeyAuthenticator } from '#adapters/identity/api-key-authenticator.ts';
import { createAuthoriseKey } from './authorise-key.ts';

const { keys } = tablePorts(readEnvironment(['FORGE_TABLE']));

/** It may not write: that a key was used is marked by the HTTP API behind it. */
export const handler = createAuthoriseKey({ authenticator: apiKeyAuthenticator({ ...ownPorts, keys }) });
