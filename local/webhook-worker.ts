/** Sends webhooks while the server runs; what is left when it ends, the next one sends. */
import type { TaskFunction } from '#functions/shared/task-function.ts';

const EVERY_MS = 1000;

export interface WebhookWorker {
  start(): void;
  /** Resolves when nothing is being sent any more. */
  stop(): Promise<void>;
}

/** One look after the other, with a pause in between. */
export function webhookWorker(deliver: TaskFunction, onFault: (error: unknown) => void): WebhookWorker {
  let stopped = false;
  let looking: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    await deliver({}).catch(onFault);
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
