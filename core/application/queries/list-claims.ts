/**
 * The inherited claims with what the records of experiments say to them. They come with the release: a test compares
 * them with the committed records, whose hashes they carry.
 */
import document from '#contracts/claim-verdicts.json' with { type: 'json' };
import type { ClaimVerdict } from '#contracts/source/claims.ts';
import { nearestName } from '#contracts/source/problems.ts';
import { ForgeError } from '../../domain/errors.ts';

const CLAIMS = document.claims as unknown as readonly ClaimVerdict[];

/** All claims, or those with this verdict. */
export function listClaims(verdict?: ClaimVerdict['verdict']): readonly ClaimVerdict[] {
  return verdict === undefined ? CLAIMS : CLAIMS.filter((claim) => claim.verdict === verdict);
}

/** Throws `not_found` with the nearest id. */
export function getClaim(id: string): ClaimVerdict {
  const found = CLAIMS.find((claim) => claim.id === id);
  if (found) return found;
  const near = nearestName(
    id,
    CLAIMS.map((claim) => claim.id),
  );
  throw new ForgeError('not_found', `There is no claim "${id.slice(0, 64)}".`, {
    hint: near ? `Did you mean ${near}?` : 'List them with `forge claims list`.',
  });
}
