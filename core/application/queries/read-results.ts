/** The result manifests that the stages of a phase left, in the order of the plan. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { parseDocument } from '#contracts/source/problems.ts';
import { type ResultManifest, resultManifest } from '#contracts/source/result-manifest.ts';
import { stagePrefix } from '../../domain/blob-key.ts';
import { ForgeError } from '../../domain/errors.ts';
import type { Ulid } from '../../domain/ids.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import type { StageRound } from './describe-tasks.ts';

/** Keys of a stage's manifests: one, or one per array child. */
export function resultKeys(run: Ulid, phase: PhaseSlug, { stage, round }: StageRound): readonly string[] {
  const prefix = stagePrefix(run, phase, stage.name, round);
  if (stage.kind !== 'array' || stage.size === 1) return [`${prefix}result.json`];
  return Array.from({ length: stage.size }, (_, index) => `${prefix}${index}/result.json`);
}

type Place = Pick<ResultManifest, 'runId' | 'phase' | 'stage' | 'index' | 'round'>;

/** Null when nothing lies under the key; throws `corrupt` when what lies there is no result manifest. */
export async function readResult(
  ports: Pick<ReadPorts, 'blobs'>,
  key: string,
): Promise<ResultManifest | null> {
  const bytes = await ports.blobs.read(key);
  if (!bytes) return null;
  const parsed = parseDocument(resultManifest, parseJson(key, bytes));
  if (parsed.ok) return parsed.value;
  const [problem] = parsed.problems;
  throw new ForgeError('corrupt', `${key} is no result manifest: ${problem?.pointer} ${problem?.message}`, {
    problems: parsed.problems,
  });
}

function parseJson(key: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new ForgeError('corrupt', `${key} is not JSON.`, { cause: error });
  }
}

/** A manifest that says it belongs elsewhere was written to the wrong place, or copied there. */
function requirePlace(key: string, result: ResultManifest, place: Place): void {
  for (const part of ['runId', 'phase', 'stage', 'index', 'round'] as const) {
    if ((result[part] ?? null) === place[part]) continue;
    throw new ForgeError(
      'corrupt',
      `${key} says ${part} ${JSON.stringify(result[part])}; what belongs there is ${JSON.stringify(place[part])}.`,
      { hint: 'The job wrote to the place of another one; retry the phase.' },
    );
  }
}

/** Throws unless every stage left a successful result of its own, in its round. */
export async function readResults(
  ports: Pick<ReadPorts, 'blobs'>,
  run: Ulid,
  phase: PhaseSlug,
  places: readonly StageRound[],
): Promise<readonly ResultManifest[]> {
  const results: ResultManifest[] = [];
  for (const place of places) {
    const { stage, round } = place;
    for (const [position, key] of resultKeys(run, phase, place).entries()) {
      const result = await readResult(ports, key);
      if (!result?.success)
        throw new ForgeError(
          'bug',
          `The job ended well but ${key} ${result ? 'reports a failure' : 'is missing'}.`,
        );
      const index = stage.kind === 'array' && stage.size > 1 ? position : null;
      requirePlace(key, result, { runId: run, phase, stage: stage.name, index, round });
      results.push(result);
    }
  }
  return results;
}
