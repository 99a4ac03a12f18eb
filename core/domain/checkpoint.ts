/** Which checkpoint a job resumes from. */
import type { CheckpointManifest } from '#contracts/source/checkpoint-manifest.ts';

export type ResumeChoice =
  | { readonly from: CheckpointManifest; readonly rejected: readonly string[] }
  | { readonly from: null; readonly rejected: readonly string[] };

/**
 * The newest checkpoint of the same configuration that verifies.
 *
 * @param candidates manifests in any order, each with what its verification said: null when it is good.
 */
export function chooseCheckpoint(
  candidates: readonly { readonly manifest: CheckpointManifest; readonly fault: string | null }[],
  configHash: string,
): ResumeChoice {
  const rejected: string[] = [];
  const newestFirst = [...candidates].sort((left, right) => right.manifest.step - left.manifest.step);
  for (const { manifest, fault } of newestFirst) {
    const foreign =
      manifest.configHash === configHash ? null : `made under another configuration (${manifest.configHash})`;
    const reason = fault ?? foreign;
    if (reason === null) return { from: manifest, rejected };
    rejected.push(`step ${manifest.step}: ${reason}`);
  }
  return { from: null, rejected };
}
