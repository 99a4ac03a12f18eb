import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const BEAT_MS = 2_000;
/** A holder that has not beaten for this long is gone, whatever its process id says. */
const STALE_MS = 60_000;

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function holder(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    const fresh = Date.now() - statSync(file).mtimeMs < STALE_MS;
    return { pid, stale: !fresh || !(pid > 0) || !isAlive(pid) };
  } catch {
    return undefined;
  }
}

/** Takes a dead holder's lock out of the way by renaming, so that only one of several waiters removes it. */
function removeStale(file, stalePid) {
  const aside = `${file}.stale-${process.pid}`;
  try {
    renameSync(file, aside);
    // Another waiter may have removed the dead lock and taken its own in between: give that one back.
    if (Number(readFileSync(aside, 'utf8')) !== stalePid) linkSync(aside, file);
    rmSync(aside, { force: true });
  } catch {
    // another waiter was faster
  }
}

function tryTake(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Runs `work` while no other process of this checkout does.
 * @param file the lock
 * @param onWait called once with the holder's process id if there is one to wait for
 */
export async function withLock(file, onWait, work) {
  mkdirSync(dirname(file), { recursive: true });
  let said = false;
  while (!tryTake(file)) {
    const other = holder(file);
    if (other?.stale) removeStale(file, other.pid);
    else {
      if (other && !said) onWait(other.pid);
      said = said || other !== undefined;
      await wait(200);
    }
  }
  const beat = setInterval(() => utimesSync(file, new Date(), new Date()), BEAT_MS);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    rmSync(file, { force: true });
  }
}
