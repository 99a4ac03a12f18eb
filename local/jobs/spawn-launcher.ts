import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { ProcessIdentity } from './job.ts';
import type { Launcher, LaunchRequest } from './launcher.ts';
import { readIdentity } from './process.ts';

/**
 * Leader of the job's session. It outlives the runner, takes the claim, runs the command, records its exit code in one
 * step and, last, kills its own group with itself: while it lives nobody else can have that group's number.
 * SIGTERM to the group must end the command but not this shell, hence the traps; a trap (unlike an ignored signal) is not
 * inherited by the command. If the exit code cannot be written (disk full) it is at least returned.
 */
const WRAPPER = `
claim=$1 exit_file=$2
shift 2
stopped=
trap 'stopped=1' TERM INT HUP QUIT
boot= birth=
if [ -r "/proc/$$/stat" ]; then
  read -r boot </proc/sys/kernel/random/boot_id
  read -r birth <"/proc/$$/stat"
else
  birth=$(command -p ps -o lstart= -p "$$")
fi
printf '%s\\n' "$$" "$boot" "$birth" >"$claim.$$" || exit 125
command -p ln "$claim.$$" "$claim" 2>/dev/null
claimed=$?
command -p rm -f "$claim.$$"
[ "$claimed" -eq 0 ] || exit 125
if [ -z "$stopped" ]; then
  "$@"
  code=$?
else
  code=143
fi
trap '' TERM INT HUP QUIT
printf '{"exitCode":%d}\\n' "$code" >"$exit_file.tmp" &&
  command -p mv -f "$exit_file.tmp" "$exit_file" &&
  kill -s KILL -- "-$$"
exit "$code"
`;

/** Starts each attempt as a fresh process below a small shell. */
export function createSpawnLauncher(): Launcher {
  return { launch: async (request, onExit) => spawnJob(request, onExit) };
}

function spawnJob(
  request: LaunchRequest,
  onExit: (exitCode: number | null) => void,
): Promise<ProcessIdentity> {
  const stdout = openSync(request.stdoutPath, 'a');
  const stderr = openSync(request.stderrPath, 'a');
  try {
    const shell = spawn(
      '/bin/sh',
      ['-c', WRAPPER, 'forge-job', request.claimPath, request.exitPath, request.file, ...request.args],
      { cwd: request.cwd, env: request.env, detached: true, stdio: ['ignore', stdout, stderr] },
    );
    shell.unref();
    return new Promise((resolve, reject) => {
      shell.once('error', (cause) =>
        reject(new Error(`${cause.message} (working directory ${request.cwd})`)),
      );
      shell.once('exit', (code) => onExit(code));
      // Read in the same tick as the spawn: not yet reaped, so the number is certainly still this process's own.
      const identity = shell.pid === undefined ? undefined : readIdentity(shell.pid);
      if (identity) resolve(identity);
      else if (shell.pid !== undefined)
        resolve({ pid: shell.pid, birth: 'ended before it could be looked at' });
    });
  } finally {
    closeSync(stdout);
    closeSync(stderr);
  }
}
