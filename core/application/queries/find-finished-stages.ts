/** What of a phase an earlier execution of the same run has done already, so that nothing finished is run again. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { parseDocument } from '#contracts/source/problems.ts';
import type { ResultManifest } from '#contracts/source/result-manifest.ts';
import { type TaskSpec, taskSpec } from '#contracts/source/task-spec.ts';
import { contentKey, taskKey } from '../../domain/blob-key.ts';
import { canonicalText } from '../../domain/fingerprint.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { StagePlan } from '../../domain/phase.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { readResult, resultKeys } from './read-results.ts';

type FinishedPorts = Pick<ReadPorts, 'blobs' | 'code'>;

/** `complete`: every job left a good result. `partial`: some jobs of an array did, and each looks for its own. */
export type StageProgress = 'none' | 'partial' | 'complete';

export async function stageProgress(
  ports: FinishedPorts,
  place: { readonly run: Ulid; readonly phase: PhaseSlug; readonly stage: StagePlan },
  wanted: TaskSpec,
): Promise<StageProgress> {
  const { run, phase, stage } = place;
  if (!(await isSameTask(ports, taskKey(run, phase, stage.name), wanted))) return 'none';
  const keys = resultKeys(run, phase, stage);
  const results = await Promise.all(keys.map((key) => readResult(ports, key).catch(() => null)));
  const good = await Promise.all(results.map((result) => isGood(ports, place, result)));
  const count = good.filter(Boolean).length;
  if (count === 0) return 'none';
  return count === keys.length ? 'complete' : 'partial';
}

/** The same work: what differs is only who asked for it, and whether an answer was looked for. */
async function isSameTask(ports: FinishedPorts, key: string, wanted: TaskSpec): Promise<boolean> {
  const bytes = await ports.blobs.read(key);
  const parsed = bytes && parseDocument(taskSpec, parseOrNull(bytes));
  return parsed?.ok === true && work(parsed.value) === work(wanted);
}

function work({ execution: _execution, reuse: _reuse, ...rest }: TaskSpec): string {
  return canonicalText(rest);
}

function parseOrNull(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

/** A success of this very place, by the code of today where both are known, with every file as it says. */
async function isGood(
  ports: FinishedPorts,
  { run, phase, stage }: { readonly run: Ulid; readonly phase: PhaseSlug; readonly stage: StagePlan },
  result: ResultManifest | null,
): Promise<boolean> {
  if (!result?.success) return false;
  if (result.runId !== run || result.phase !== phase || result.stage !== stage.name) return false;
  const code = (await ports.code?.hash(phase)) ?? null;
  if (code !== null && result.codeHash !== undefined && result.codeHash !== code) return false;
  const files = [...result.models.flatMap((model) => model.files), ...result.artifacts];
  const found = await Promise.all(files.map(({ sha256 }) => ports.blobs.hash(contentKey(sha256))));
  return files.every(({ sha256 }, position) => found[position] === sha256);
}
