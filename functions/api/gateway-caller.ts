/** Who signed a request, in the words of the gateway that has verified it. */
import type { Context } from 'hono';
import type { ApiEnvironment } from './environment.ts';

interface GatewayBindings {
  readonly event?: {
    readonly requestContext?: {
      /** HTTP API, payload format 2.0. */
      readonly authorizer?: { readonly iam?: { readonly userArn?: string } };
      /** REST API. */
      readonly identity?: { readonly userArn?: string | null };
    };
  };
}

/** Undefined unless the request came through an IAM authorizer: its event is written by the gateway alone. */
export function gatewayCaller(context: Context<ApiEnvironment>): string | undefined {
  const { event } = context.env as GatewayBindings;
  const { authorizer, identity } = event?.requestContext ?? {};
  return authorizer?.iam?.userArn ?? identity?.userArn ?? undefined;
}
