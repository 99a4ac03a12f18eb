/** Where things lie in the blob store. Every key in one place, so that job roles can be written against prefixes. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { ForgeError } from './errors.ts';
import type { Ulid } from './ids.ts';

/** Above the blobs of all tenants. */
export const BLOB_PREFIX = 'blobs/';

/**
 * Above the blobs of one tenant. Each has its own: whoever knows a hash of another tenant's file finds nothing under it,
 * and cannot even learn that it exists.
 */
export function blobsOf(tenant: string): string {
  return `${BLOB_PREFIX}${tenant}/sha256/`;
}

/** Key of a content-addressed blob of a tenant. */
export function contentKey(tenant: string, sha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(sha256)) {
    throw new ForgeError('malformed', `"${sha256}" is not a SHA-256.`, {
      code: 'invalid_key',
      hint: 'Give 64 lower-case hexadecimal digits.',
    });
  }
  return `${blobsOf(tenant)}${sha256.slice(0, 2)}/${sha256}`;
}

function ofRound(prefix: string, round: number | null): string {
  return round === null ? prefix : `${prefix}r${round}/`;
}

/** @param round of a repeated stage; null where a stage runs once */
export function stagePrefix(run: Ulid, phase: PhaseSlug, stage: string, round: number | null = null): string {
  return ofRound(`staging/${run}/${phase}/${stage}/`, round);
}

/** @param round null also for a series that the rounds of a stage share */
export function checkpointPrefix(
  run: Ulid,
  phase: PhaseSlug,
  stage: string,
  round: number | null = null,
): string {
  return ofRound(`checkpoints/${run}/${phase}/${stage}/`, round);
}

/** Above the checkpoints of all stages of a phase. */
export function checkpointsOfPhase(run: Ulid, phase: PhaseSlug): string {
  return `checkpoints/${run}/${phase}/`;
}

export function taskKey(run: Ulid, phase: PhaseSlug, stage: string, round: number | null = null): string {
  return `runs/${run}/${phase}/${stage}${round === null ? '' : `.r${round}`}.task.json`;
}

export function reportKey(run: Ulid, format: 'json' | 'md'): string {
  return `runs/${run}/report.${format}`;
}
