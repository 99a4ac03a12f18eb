/** Writes the tasks of stages and names the jobs that run them. */
import type { TaskSpec } from '#contracts/source/task-spec.ts';
import { taskKey } from '../../domain/blob-key.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Standing } from '../queries/find-standing-rounds.ts';

/** One job submission: what `batch:submitJob` needs beyond its queue. */
export interface StageJob {
  readonly name: string;
  readonly jobName: string;
  /** 1 is a plain job; more is an array job. */
  readonly size: number;
  readonly task: string;
}

function keyOf({ runId, phase, stage }: TaskSpec): string {
  return taskKey(runId, phase, stage.name, stage.round ?? null);
}

export async function writeTasks(
  { blobWriter }: Pick<Ports, 'blobWriter'>,
  toRun: Standing['toRun'],
): Promise<void> {
  for (const { task } of toRun) {
    const bytes = new TextEncoder().encode(`${JSON.stringify(task, null, 2)}\n`);
    await blobWriter.write(keyOf(task), bytes, 'application/json');
  }
}

export function stageJobs(
  { blobs }: Pick<Ports, 'blobs'>,
  { execution, attempt }: { readonly execution: string; readonly attempt: number },
  toRun: Standing['toRun'],
): readonly StageJob[] {
  return toRun.map(({ place: { stage, round }, task }) => {
    const name = round === null ? stage.name : `${stage.name}-r${round}`;
    return {
      name: stage.name,
      jobName: `${execution}-${task.phase}-${name}-${attempt}`,
      size: stage.size,
      task: blobs.uri(keyOf(task)),
    };
  });
}
