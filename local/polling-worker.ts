/** Looks for work while the server runs; what is left when it ends, the next one finds. */

const EVERY_MS = 1000;

export interface PollingWorker {
  start(): void;
  /** Resolves when nothing is being done any more. */
  stop(): Promise<void>;
}

/** One look after the other, with a pause in between. */
export function pollingWorker(
  work: () => Promise<unknown>,
  onFault: (error: unknown) => void,
): PollingWorker {
  let stopped = false;
  let looking: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    await work().catch(onFault);
    if (!stopped) plan();
  };
  const plan = () => {
    timer = setTimeout(() => {
      looking = look();
    }, EVERY_MS).unref();
  };
  return {
    start: plan,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}

/** Several workers as one; each goes at its own pace. */
export function together(workers: readonly PollingWorker[]): PollingWorker {
  return {
    start() {
      for (const worker of workers) worker.start();
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  };
}
