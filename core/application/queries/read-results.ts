/** The result manifests that the stages of a phase left, in the order of the plan. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { parseDocument } from '#contracts/source/problems.ts';
import { type ResultManifest, resultManifest } from '#contracts/source/result-manifest.ts';
import { stagePrefix } from '../../domain/blob-key.ts';
import { ForgeError } from '../../domain/errors.ts';
import type { Ulid } from '../../domain/ids.ts';
import { phaseDefinition, type StagePlan } from '../../domain/phase.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';

/** Keys of a stage's manifests: one, or one per array child. */
export function resultKeys(run: Ulid, phase: PhaseSlug, stage: StagePlan): readonly string[] {
  const prefix = stagePrefix(run, phase, stage.name);
  if (stage.kind !== 'array' || stage.size === 1) return [`${prefix}result.json`];
  return Array.from({ length: stage.size }, (_, index) => `${prefix}${index}/result.json`);
}

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

/** Throws unless every stage left a successful result. */
export async function readResults(
  ports: Pick<ReadPorts, 'blobs'>,
  run: Ulid,
  phase: PhaseSlug,
): Promise<readonly ResultManifest[]> {
  const keys = phaseDefinition(phase).stages.flatMap((stage) => resultKeys(run, phase, stage));
  const results: ResultManifest[] = [];
  for (const key of keys) {
    const result = await readResult(ports, key);
    if (result?.success) results.push(result);
    else
      throw new ForgeError(
        'bug',
        `The job ended well but ${key} ${result ? 'reports a failure' : 'is missing'}.`,
      );
  }
  return results;
}
