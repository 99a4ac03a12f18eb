import { Link } from 'wouter';
import { Elapsed, Figure, Moment } from '../../components/figure.tsx';
import { Status } from '../../components/status.tsx';
import type { Run } from '../../lib/api-types.ts';

/** State, times, seed and where the run comes from. */
export function RunHeader({ run }: { readonly run: Run }) {
  const source = (at: string | readonly string[]) => ({ of: `/v1/runs/${run.id}`, at });
  const { startedAt, endedAt, origin } = run;
  return (
    <div className="row">
      <Status word={run.status} />
      <span>
        submitted <Moment at={run.createdAt} source={source('/createdAt')} />
      </span>
      {startedAt && endedAt && (
        <span>
          took <Elapsed from={startedAt} to={endedAt} source={source(['/startedAt', '/endedAt'])} />
        </span>
      )}
      <span>
        seed <Figure value={run.resolved.seed} source={source('/resolved/seed')} />
      </span>
      {origin && (
        <span>
          {origin.verb} of <Link href={`/runs/${origin.run}`}>another run</Link>
        </span>
      )}
    </div>
  );
}
