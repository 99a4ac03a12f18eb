/** Answers that the phases of a run wrote down to be read, from the artifacts of their last stages. */
import { type Answer, answers } from '#contracts/source/answers.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { parseDocument } from '#contracts/source/problems.ts';
import { contentKey } from '../../domain/blob-key.ts';
import { ForgeError } from '../../domain/errors.ts';
import { phaseDefinition } from '../../domain/phase.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Run } from '../../domain/run.ts';
import { planStages } from '../../domain/stage-plan.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { readResult, resultKeys } from './read-results.ts';

export type AnswersOf = ReadonlyMap<PhaseSlug, readonly Answer[]>;

/** Only of phases that succeeded, here or in the run that they are taken over from. */
export async function readAnswers(
  ports: Pick<ReadPorts, 'blobs'>,
  { tenant }: Principal,
  run: Run,
): Promise<AnswersOf> {
  const found = new Map<PhaseSlug, readonly Answer[]>();
  for (const { slug, status, reusedFrom } of run.phases) {
    const name = phaseDefinition(slug).answers;
    const stage = planStages(slug, run.resolved.config[slug]).at(-1);
    if (name === undefined || status !== 'succeeded' || !stage) continue;
    const [key = ''] = resultKeys(reusedFrom ?? run.id, slug, { stage, round: null });
    found.set(slug, await readArtifact(ports, tenant, key, name));
  }
  return found;
}

/** A report is about figures: answers that are gone or cannot be read do not hold it up. */
async function readArtifact(
  ports: Pick<ReadPorts, 'blobs'>,
  tenant: Principal['tenant'],
  key: string,
  name: string,
): Promise<readonly Answer[]> {
  try {
    const result = await readResult(ports, key);
    const file = result?.artifacts.find((artifact) => artifact.name === name);
    const bytes = file && (await ports.blobs.read(contentKey(tenant, file.sha256)));
    const parsed = bytes && parseDocument(answers, JSON.parse(new TextDecoder().decode(bytes)));
    return parsed?.ok ? parsed.value.answers : [];
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof ForgeError && error.kind === 'corrupt')) return [];
    throw error;
  }
}
