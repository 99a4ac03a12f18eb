import type { Principal } from '../domain/principal.ts';

export interface Authenticator {
  /**
   * The principal behind an `Authorization` header.
   *
   * @throws ForgeError `unauthenticated` when the header is absent or means nobody.
   */
  authenticate(authorization: string | undefined): Promise<Principal>;
}
