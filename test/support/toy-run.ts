/** A run of phase 1 on a tiny corpus, brought to the point that a test is about. */
import type { RunDocumentInput } from '#contracts/source/run-document.ts';
import { type RunDocument, runDocument } from '#contracts/source/run-document.ts';
import { prepareRun } from '#core/application/commands/prepare-run.ts';
import { registerCorpus } from '#core/application/commands/register-corpus.ts';
import { startPhase } from '#core/application/commands/start-phase.ts';
import { submitRun } from '#core/application/commands/submit-run.ts';
import type { Corpus } from '#core/domain/corpus.ts';
import type { Run } from '#core/domain/run.ts';
import { ADMIN, type MemoryPorts } from './memory-ports.ts';
import { storeFile } from './toy-models.ts';

export const TOY_TEXT = '{"id":"one","text":"Fellow citizens"}\n{"id":"two","text":"of the Senate"}\n';

export async function toyCorpus(ports: MemoryPorts, name = 'speeches', text = TOY_TEXT): Promise<Corpus> {
  const { sha256 } = storeFile(ports.store, 'corpus.ndjson', text);
  return registerCorpus(ports, ADMIN, { name, sha256, licence: 'public domain' });
}

export function toyDocument(change: Partial<RunDocumentInput> = {}): RunDocument {
  return runDocument.parse({
    apiVersion: 'forge/v1',
    name: 'toy',
    phases: ['cognate'],
    preset: 'test',
    input: { corpus: 'speeches' },
    ...change,
  });
}

export async function submittedRun(ports: MemoryPorts, change: Partial<RunDocumentInput> = {}): Promise<Run> {
  await toyCorpus(ports);
  const idempotencyKey = `key of ${change.name ?? 'toy'}`;
  return submitRun(ports, ADMIN, { document: toyDocument(change), idempotencyKey });
}

/** Submitted, prepared, and phase 1 started: its task specs lie in the store. */
export async function startedRun(ports: MemoryPorts, change: Partial<RunDocumentInput> = {}): Promise<Run> {
  const { id, executions } = await submittedRun(ports, change);
  await prepareRun(ports, ADMIN, id);
  await startPhase(ports, ADMIN, { runId: id, phase: 'cognate', execution: executions[0] ?? '' });
  return (await ports.runs.get(ADMIN.tenant, id)) as Run;
}
