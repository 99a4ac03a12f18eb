/** How many requests a tenant has made in a window of time. */
export interface RateCounter {
  /**
   * Counts one request more, in one step.
   *
   * @param window begin of the window, in seconds since 1970
   * @returns requests of the window, this one among them
   */
  count(tenant: string, window: number): Promise<number>;
}

/** Length of a window. */
export const WINDOW_SECONDS = 60;
