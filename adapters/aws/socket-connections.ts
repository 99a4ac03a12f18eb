/** Open WebSocket connections of the API, over the management endpoint of API Gateway. */
import {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { SocketSender } from '#core/ports/socket-sender.ts';
import { type ClientConfig, clientConfig } from './client-config.ts';
import { asking, nameOf } from './service-failure.ts';

/** @param endpoint `https://…/stage` of the WebSocket API */
export const socketClient = (endpoint: string, config?: ClientConfig): ApiGatewayManagementApiClient =>
  new ApiGatewayManagementApiClient(clientConfig({ endpoint, ...config }));

export function socketConnections(client: ApiGatewayManagementApiClient): SocketSender {
  return {
    send: (connection, text) =>
      asking('API Gateway', async () => {
        try {
          const Data = new TextEncoder().encode(text);
          await client.send(new PostToConnectionCommand({ ConnectionId: connection, Data }));
          return true;
        } catch (error) {
          if (nameOf(error) === 'GoneException') return false;
          throw error;
        }
      }),
  };
}
