/** The address that opens the dashboard of a local server. */
import { tokenFor } from '../environment.ts';
import type { Io } from '../io.ts';

/**
 * In a terminal with the home's token in the fragment, which a browser sends to nobody. Where the output goes into a
 * file the token would stay there: then the page asks for it.
 */
export function dashboardAddress(io: Io, url: string): string {
  const token = io.stderr.isTTY ? tokenFor(io, url) : null;
  return token ? `${url}/#token=${encodeURIComponent(token)}` : `${url}/`;
}
