/** Requests to addresses that a user named. */
export interface OutboundRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Outbound {
  /**
   * Refuses an address that must not be called from here, whatever the reason, in words that do not repeat it.
   *
   * @throws ForgeError `validation` with code `url_not_allowed`
   */
  requireAllowed(url: string): Promise<void>;
  /**
   * Posts to an address after asking `requireAllowed` again, and connects to what was checked then. Redirects are not
   * followed.
   *
   * @returns the HTTP status
   * @throws ForgeError `validation` with code `url_not_allowed`, or `dependency` where nobody answered in time
   */
  post(request: OutboundRequest): Promise<number>;
}
