/** Time as the engine sees it: milliseconds since 1970 and an alarm. */
export interface Clock {
  now(): number;
  /** Calls back once at or after `at`; the answer cancels. */
  schedule(at: number, callback: () => void): () => void;
}

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The machine's clock. Waits longer than 24 days are cut into pieces, because setTimeout cannot hold them. */
export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(at, callback) {
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const rest = at - Date.now();
      timer = setTimeout(
        rest > LONGEST_TIMEOUT_MS ? arm : callback,
        Math.min(Math.max(rest, 0), LONGEST_TIMEOUT_MS),
      );
    };
    arm();
    return () => clearTimeout(timer);
  },
};

interface Alarm {
  at: number;
  order: number;
  callback: () => void;
}

/**
 * A clock that jumps to the next alarm as soon as everything else stands still, so that a wait of days takes no time.
 * For tests and the conformance run.
 */
export class VirtualClock implements Clock {
  private current: number;
  private order = 0;
  private readonly alarms = new Set<Alarm>();
  private pumping = false;

  constructor(start = Date.UTC(2026, 0, 1)) {
    this.current = start;
  }

  now(): number {
    return this.current;
  }

  schedule(at: number, callback: () => void): () => void {
    const alarm = { at, order: this.order++, callback };
    this.alarms.add(alarm);
    this.pump();
    return () => this.alarms.delete(alarm);
  }

  /** Two empty turns of the event loop mean that nobody computes any more; then the next alarm is due. */
  private pump(): void {
    if (this.pumping) return;
    this.pumping = true;
    setImmediate(() =>
      setImmediate(() => {
        this.pumping = false;
        const next = [...this.alarms].sort((a, b) => a.at - b.at || a.order - b.order)[0];
        if (!next) return;
        this.alarms.delete(next);
        this.current = Math.max(this.current, next.at);
        next.callback();
        if (this.alarms.size > 0) this.pump();
      }),
    );
  }
}
