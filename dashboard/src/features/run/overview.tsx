import type { Run } from '../../lib/api-types.ts';
import { hasEnded } from '../../lib/queries.ts';
import { WhyFailed } from './failure.tsx';
import { Highlights } from './highlights.tsx';
import { Timeline } from './timeline.tsx';

/** How far the run has come, what came out, and why it failed if it did. */
export function Overview({ run }: { readonly run: Run }) {
  return (
    <>
      {run.error && <WhyFailed run={run} error={run.error} />}
      <Timeline run={run} />
      {hasEnded(run.status) && <Highlights run={run.id} />}
    </>
  );
}
