/** What a job cost in GPUs, by the times that its queue measured. */

/** A job in Batch's words. Times are epoch milliseconds. */
export interface TimedJob {
  /** Attempts that have ended; one whose host was lost before it began has no start. */
  readonly attempts: readonly {
    readonly startedAt?: number | undefined;
    readonly stoppedAt?: number | undefined;
  }[];
  readonly container?:
    | {
        readonly resourceRequirements?:
          | readonly { readonly type: string; readonly value: string }[]
          | undefined;
      }
    | undefined;
}

export interface GpuTime {
  /** Seconds of all attempts, times the GPUs of the job. */
  readonly gpuSeconds: number;
  /** When the last attempt ended. */
  readonly stoppedAt: string;
}

/** Null for a job without a GPU, and for one of which nothing ran. */
export function gpuTimeOf({ attempts, container }: TimedJob): GpuTime | null {
  const gpus = Number(container?.resourceRequirements?.find(({ type }) => type === 'GPU')?.value ?? 0);
  const ran = attempts.flatMap(({ startedAt, stoppedAt }) =>
    startedAt !== undefined && stoppedAt !== undefined && stoppedAt > startedAt
      ? [{ startedAt, stoppedAt }]
      : [],
  );
  if (!(gpus > 0) || ran.length === 0) return null;
  const milliseconds = ran.reduce((sum, { startedAt, stoppedAt }) => sum + stoppedAt - startedAt, 0);
  const last = Math.max(...ran.map(({ stoppedAt }) => stoppedAt));
  return { gpuSeconds: (milliseconds / 1000) * gpus, stoppedAt: new Date(last).toISOString() };
}
