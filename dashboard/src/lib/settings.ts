/** What whoever serves these pages says of itself: settings.json, public. */

export interface Settings {
  /** Where people sign in; absent where the token of a home opens the server. */
  readonly signInUrl?: string;
  readonly clientId?: string;
  /** Address of the event socket where it is not the pages' own. */
  readonly socketUrl?: string;
}

let asked: Promise<Settings> | undefined;

export function settings(): Promise<Settings> {
  asked ??= fetch('/settings.json').then((answer) => (answer.ok ? (answer.json() as Promise<Settings>) : {}));
  return asked;
}
