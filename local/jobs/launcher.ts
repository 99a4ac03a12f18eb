import type { ProcessIdentity } from './job.ts';

/** Files of one attempt; the launcher's process writes all of them but reads none. */
export interface LaunchRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Standard output and error are appended to these files, so that a job outlives whoever started it. */
  readonly stdoutPath: string;
  readonly stderrPath: string;
  /** Created exclusively, holding the process's identity, before the command runs; if it exists, nothing may run. */
  readonly claimPath: string;
  /** Appears in one step when the command has ended: {"exitCode": n}; n is 128 + signal for a killed command. */
  readonly exitPath: string;
}

/**
 * Starts processes as leaders of their own session and group. Today a fresh process each; a fork server with a warm
 * interpreter can stand behind the same interface, since all that is known later is in the files of the request.
 */
export interface Launcher {
  /**
   * @param onExit a hint to look at the exit file now; a launcher that cannot tell may never call it
   * @throws if no process could be started (its message becomes the reason of the attempt)
   */
  launch(request: LaunchRequest, onExit: (exitCode: number | null) => void): Promise<ProcessIdentity>;
}
