/** What a tenant may use. A limit that is null does not hold anybody back. */
import { ForgeError } from './errors.ts';
import type { RunStatus } from './run.ts';

export interface Limits {
  /** Null: what the deployment says. */
  readonly requestsPerMinute: number | null;
  /** Runs that work or wait to, at one time. */
  readonly concurrentRuns: number | null;
  /** Hours of single GPUs in a calendar month, UTC. */
  readonly gpuHoursPerMonth: number | null;
  /** Bytes of the files of all models and corpora, each file once. */
  readonly storedBytes: number | null;
  /** Bytes of one upload. */
  readonly uploadBytes: number | null;
}

export interface Quota extends Limits {
  readonly schemaVersion: 1;
  readonly tenant: string;
  readonly updatedAt: string;
  readonly updatedBy: string;
  readonly recordVersion: number;
}

export const NO_LIMITS: Limits = {
  requestsPerMinute: null,
  concurrentRuns: null,
  gpuHoursPerMonth: null,
  storedBytes: null,
  uploadBytes: null,
};

/** Statuses of runs that work or wait to, in the order in which a run goes through them; a paused run does neither. */
export const LIVE_STATUSES: readonly RunStatus[] = ['queued', 'running', 'pausing', 'cancelling'];

export interface GpuUse {
  readonly tenant: string;
  /** The month in which the job ended: `2026-03`. */
  readonly month: string;
  readonly jobId: string;
  /** Seconds of all its attempts, times its GPUs. */
  readonly gpuSeconds: number;
}

export const monthOf = (at: Date): string => at.toISOString().slice(0, 7);

function secondsToNextMonth(at: Date): number {
  return Math.ceil((Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1) - at.getTime()) / 1000);
}

interface Excess {
  readonly what: string;
  readonly hint: string;
  readonly retryAfterSeconds?: number;
}

function exceeded({ what, hint, retryAfterSeconds }: Excess): ForgeError {
  return new ForgeError('limit', what, {
    code: 'quota_exceeded',
    hint: `${hint} What is used: forge quotas get`,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

/** When a run ends nobody knows; asking each minute is no burden. */
const RUN_RETRY_SECONDS = 60;

export const tooManyRuns = (live: number, most: number): ForgeError =>
  exceeded({
    what: `The tenant has ${live} runs at work or waiting, and may have ${most}.`,
    hint: 'Wait for one to end, pause or cancel one, or ask an admin for more.',
    retryAfterSeconds: RUN_RETRY_SECONDS,
  });

export const noGpuHoursLeft = (used: number, most: number, now: Date): ForgeError =>
  exceeded({
    what: `The tenant has used ${used.toFixed(2)} of its ${most} GPU hours of ${monthOf(now)}.`,
    hint: 'Wait for the next month, or ask an admin for more.',
    retryAfterSeconds: secondsToNextMonth(now),
  });

export const noBytesLeft = (used: number, wanted: number, most: number): ForgeError =>
  exceeded({
    what: `The tenant stores ${used} bytes and wants ${wanted} more; it may store ${most}.`,
    hint: 'Delete models that nobody needs, or ask an admin for more.',
  });

export const uploadTooLarge = (bytes: number, most: number): ForgeError =>
  exceeded({
    what: `The upload has ${bytes} bytes; the tenant may upload ${most} at a time.`,
    hint: 'Split it into smaller files, or ask an admin for more.',
  });
