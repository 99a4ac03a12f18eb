/** A checkpoint as a container leaves it, in memory. */
import type { CheckpointManifest } from '#contracts/source/checkpoint-manifest.ts';
import { manifestKey } from '#core/domain/fork-point.ts';
import type { MemoryPorts } from './memory-ports.ts';
import { hashOf, storeFile } from './toy-models.ts';

/** Of the run's first phase; answers the SHA-256 of its manifest. */
export function leaveCheckpoint(
  { store }: MemoryPorts,
  run: string,
  { stage, index, step }: { stage: string; index: number | null; step: number },
): string {
  const phase = 'cognate';
  const { path, sha256, bytes } = storeFile(store, 'job.json', `${run} ${stage} ${index} ${step}`);
  const manifest: CheckpointManifest = {
    schemaVersion: 1,
    runId: run,
    phase,
    stage,
    index,
    step,
    files: [{ path, sha256, bytes }],
    parent: null,
    configHash: hashOf('settings'),
    codeHash: hashOf('code'),
    metrics: { loss: 1 / step },
    best: false,
    timestamp: '2026-03-01T12:00:02.000Z',
    resume: {},
  };
  const text = JSON.stringify(manifest);
  const name = hashOf(text);
  store.blobs.set(
    manifestKey(run, phase, { stage, index, step, sha256: name }),
    new TextEncoder().encode(text),
  );
  return name;
}
