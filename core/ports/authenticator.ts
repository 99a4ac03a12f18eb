import type { Principal } from '../domain/principal.ts';

/** What a request brings to say whose it is. */
export interface Credentials {
  /** The `Authorization` header. */
  readonly authorization: string | undefined;
  /** ARN of who signed the request, as the gateway in front has verified it. Never read from a header. */
  readonly callerArn?: string | undefined;
}

export interface Authenticator {
  /**
   * The principal behind what a request brings.
   *
   * @throws ForgeError `unauthenticated` when it brings nothing or means nobody; `dependency` when nobody can say.
   */
  authenticate(credentials: Credentials): Promise<Principal>;
}
