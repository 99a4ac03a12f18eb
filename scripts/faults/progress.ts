/** Progress with the time that is left, on standard error: one line that renews itself in a terminal. */

export interface Progress {
  done(count: number): void;
}

const EVERY_MILLISECONDS = 5_000;

/** @param what plural, for example `kills` */
export function startProgress(what: string, total: number): Progress {
  const started = performance.now();
  let last = Number.NEGATIVE_INFINITY;
  const terminal = process.stderr.isTTY;
  return {
    done(count) {
      const now = performance.now();
      if (!terminal && count < total && now - last < EVERY_MILLISECONDS) return;
      last = now;
      const seconds = (now - started) / 1000;
      const left = count > 0 ? `, about ${Math.round((seconds / count) * (total - count))} s left` : '';
      const line = `${what}: ${count} of ${total}, ${seconds.toFixed(0)} s${count < total ? left : ''}`;
      process.stderr.write(terminal ? `\r\x1b[K${line}${count < total ? '' : '\n'}` : `${line}\n`);
    },
  };
}
