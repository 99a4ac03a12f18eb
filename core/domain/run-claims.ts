/**
 * What experiments say about the mechanisms that a run had on. A verdict is of the claim, not of the run, and carries the
 * hashes of the records that it was read in.
 */
import type { ClaimVerdict } from '#contracts/source/claims.ts';
import type { ReportedClaim } from '#contracts/source/report.ts';
import type { Run } from './run.ts';

/** What a report takes of a claim: a function that writes reports holds no more of it. */
export type ReportableClaim = Pick<ClaimVerdict, 'id' | 'verdict' | 'switch' | 'mechanism'> & {
  readonly records: readonly Pick<ClaimVerdict['records'][number], 'experiment' | 'sha256'>[];
};

type Mechanism = NonNullable<ClaimVerdict['mechanism']>;

function isOn({ resolved }: Run, { phase, setting, off }: Mechanism): boolean {
  if (setting === undefined) return true;
  const value = resolved.config[phase]?.[setting];
  return value !== undefined && value !== off;
}

/** Claims about what the started phases used, in the order of the claims; those that nobody has measured as well. */
export function claimsOf(run: Run, claims: readonly ReportableClaim[]): ReportedClaim[] {
  const unused = ['pending', 'skipped'];
  const started = run.phases.filter(({ status }) => !unused.includes(status)).map(({ slug }) => slug);
  return claims.flatMap((claim): ReportedClaim[] => {
    const mechanism = claim.switch ?? claim.mechanism;
    if (!(mechanism && started.includes(mechanism.phase) && isOn(run, mechanism))) return [];
    const { id, verdict, records } = claim;
    const { phase, setting = null } = mechanism;
    return [
      {
        phase,
        setting,
        claim: id,
        verdict,
        records: records.map(({ experiment, sha256 }) => ({ experiment, sha256 })),
      },
    ];
  });
}
