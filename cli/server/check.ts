/** One thing that a machine needs, whether it is there, and the one line that mends it. */

export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly found: string;
  /** What to do; null where there is nothing to do. */
  readonly fix: string | null;
}

export const ok = (name: string, found: string): Check => ({ name, status: 'ok', found, fix: null });
export const warn = (name: string, found: string, fix: string): Check => ({
  name,
  status: 'warn',
  found,
  fix,
});
export const fail = (name: string, found: string, fix: string): Check => ({
  name,
  status: 'fail',
  found,
  fix,
});
