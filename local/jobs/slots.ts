import type { Resources } from './job.ts';

/** Books of what running jobs hold. Sums are recomputed, so fractions of a vCPU never drift. */
export interface Slots {
  /** False if the job would not fit even with nothing else running. */
  couldEverFit(wanted: Resources): boolean;
  /** The GPU indices given to the job, or undefined if it does not fit now. */
  take(jobId: string, wanted: Resources): readonly number[] | undefined;
  /** Books what an adopted job already holds, whether it fits or not. */
  hold(jobId: string, held: Resources, gpuIndices: readonly number[]): void;
  release(jobId: string): void;
}

const milli = (vcpus: number): number => Math.round(vcpus * 1000);

const fits = (wanted: Resources, free: Resources): boolean =>
  milli(wanted.vcpus) <= milli(free.vcpus) && wanted.memoryMiB <= free.memoryMiB && wanted.gpus <= free.gpus;

export function createSlots(total: Resources): Slots {
  const holders = new Map<string, { readonly held: Resources; readonly gpuIndices: readonly number[] }>();

  const free = (): Resources => {
    let { vcpus, memoryMiB, gpus } = total;
    for (const { held } of holders.values()) {
      vcpus -= held.vcpus;
      memoryMiB -= held.memoryMiB;
      gpus -= held.gpus;
    }
    return { vcpus, memoryMiB, gpus };
  };

  const freeGpus = (count: number): number[] => {
    const busy = new Set([...holders.values()].flatMap((holder) => holder.gpuIndices));
    return Array.from({ length: total.gpus }, (_, index) => index)
      .filter((index) => !busy.has(index))
      .slice(0, count);
  };

  return {
    couldEverFit: (wanted) => fits(wanted, total),
    take(jobId, wanted) {
      if (!fits(wanted, free())) return undefined;
      const gpuIndices = freeGpus(wanted.gpus);
      holders.set(jobId, { held: wanted, gpuIndices });
      return gpuIndices;
    },
    hold(jobId, held, gpuIndices) {
      holders.set(jobId, { held, gpuIndices });
    },
    release(jobId) {
      holders.delete(jobId);
    },
  };
}
