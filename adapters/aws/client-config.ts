/** How every client of a service is made, so that all of them retry alike. */
import type { ApiGatewayManagementApiClientConfig } from '@aws-sdk/client-apigatewaymanagementapi';

/** What all clients have in common, as far as it is set here or in a test. */
export type ClientConfig = Pick<
  ApiGatewayManagementApiClientConfig,
  'region' | 'endpoint' | 'credentials' | 'requestHandler' | 'maxAttempts' | 'retryMode' | 'retryStrategy'
>;

/** Tries of one request. Between them the SDK waits longer each time, at random, within a budget of its own. */
const MAX_ATTEMPTS = 6;

export function clientConfig(config: ClientConfig = {}): ClientConfig {
  return { maxAttempts: MAX_ATTEMPTS, retryMode: 'standard', ...config };
}
