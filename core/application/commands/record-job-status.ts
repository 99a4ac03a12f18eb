/** What the job queue says of a job, taken into the event log of its run. Repeated news is kept once. */
import type { EventType } from '#contracts/source/event-types.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import type { GpuTime } from '../../domain/gpu-seconds.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { Principal } from '../../domain/principal.ts';
import { monthOf } from '../../domain/quota.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Change } from '../../ports/registry-writer.ts';

export interface JobNews {
  readonly runId: Ulid;
  readonly phase: PhaseSlug;
  readonly stage: string;
  /** Number within an array job; null outside of one. */
  readonly index: number | null;
  readonly jobId: string;
  /** Of the job. */
  readonly attempt: number;
  /** Which start of the phase the job belongs to; left out by a job that does not say. */
  readonly phaseAttempt?: number | undefined;
  /** In the words of AWS Batch. */
  readonly status: string;
  /** Why the job ended, where the queue gives a reason. */
  readonly reason: string | null;
  /** Of a job that has ended; null and absent alike where it had no GPU. */
  readonly gpuTime?: GpuTime | null | undefined;
}

const TYPES: Readonly<Record<string, EventType>> = {
  RUNNABLE: 'JobSubmitted',
  RUNNING: 'JobStarted',
  SUCCEEDED: 'JobFinished',
  FAILED: 'JobFinished',
};

/** Statuses in between tell a person nothing and are left out. */
export async function recordJobStatus(
  ports: Pick<Ports, 'eventLog' | 'registry' | 'clock'>,
  principal: Principal,
  { runId, phase, stage, index, jobId, attempt, phaseAttempt, status, reason, gpuTime }: JobNews,
): Promise<{ readonly recorded: boolean }> {
  const type = TYPES[status];
  if (type === undefined) return { recorded: false };
  const at = ports.clock.now().toISOString();
  const data = { stage, index, job: jobId, jobAttempt: attempt, status, reason };
  const key = `job/${jobId}/${attempt}/${status}`;
  const event = { type, run: runId, phase, attempt: phaseAttempt ?? null, at, data, key };
  if (gpuTime) await ports.registry.commit(principal.tenant, [useOf(principal, jobId, gpuTime)]);
  await ports.eventLog.append(principal.tenant, [event]);
  return { recorded: true };
}

function useOf({ tenant }: Principal, jobId: string, { gpuSeconds, stoppedAt }: GpuTime): Change {
  return { kind: 'gpu-use', use: { tenant, month: monthOf(new Date(stoppedAt)), jobId, gpuSeconds } };
}
