/** What of a phase an earlier execution of the same run has done already, so that nothing finished is run again. */
import { parseDocument } from '#contracts/source/problems.ts';
import type { ResultManifest } from '#contracts/source/result-manifest.ts';
import { type TaskSpec, taskSpec } from '#contracts/source/task-spec.ts';
import { contentKey, taskKey } from '../../domain/blob-key.ts';
import { canonicalText } from '../../domain/fingerprint.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import type { StageRound } from './describe-tasks.ts';
import { readResult, resultKeys } from './read-results.ts';

export type FinishedPorts = Pick<ReadPorts, 'blobs' | 'code'>;

/** `complete`: every job left a good result. `partial`: some jobs of an array did, and each looks for its own. */
export type StageProgress = 'none' | 'partial' | 'complete';

export async function stageProgress(
  ports: FinishedPorts,
  place: StageRound,
  wanted: TaskSpec,
): Promise<StageProgress> {
  const { runId, phase } = wanted;
  if (!(await isSameTask(ports, taskKey(runId, phase, place.stage.name, place.round), wanted))) return 'none';
  const keys = resultKeys(runId, phase, place);
  const results = await Promise.all(keys.map((key) => readResult(ports, key).catch(() => null)));
  const good = await Promise.all(results.map((result) => isGood(ports, wanted, result)));
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

function work({ execution: _execution, phaseAttempt: _attempt, reuse: _reuse, ...rest }: TaskSpec): string {
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
  { tenant, runId, phase, stage: { name, round = null } }: TaskSpec,
  result: ResultManifest | null,
): Promise<boolean> {
  if (!result?.success) return false;
  if (result.runId !== runId || result.phase !== phase || result.stage !== name) return false;
  if ((result.round ?? null) !== round) return false;
  const code = (await ports.code?.hash(phase)) ?? null;
  if (code !== null && result.codeHash !== undefined && result.codeHash !== code) return false;
  const files = [...result.models.flatMap((model) => model.files), ...result.artifacts];
  const keys = files.map(({ sha256 }) => contentKey(tenant, sha256));
  const found = await Promise.all(keys.map((key) => ports.blobs.hash(key)));
  return files.every(({ sha256 }, position) => found[position] === sha256);
}
