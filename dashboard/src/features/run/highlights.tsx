/** What the report shows of each phase, figure by figure. */
import { useQuery } from '@tanstack/react-query';
import { Quoted, RunFigure, Term } from '../../components/figure.tsx';
import { Empty, Loaded } from '../../components/loaded.tsx';
import { Panel } from '../../components/panel.tsx';
import type { ReportedPhase } from '../../lib/api-types.ts';
import { reportQuery } from '../../lib/queries.ts';
import { pick, pointer } from '../../lib/record-source.ts';

type Row = NonNullable<ReportedPhase['highlights']>[number];

function HighlightRow({
  run,
  phase,
  row,
  at,
}: {
  readonly run: string;
  readonly phase: string;
  readonly row: Row;
  readonly at: number;
}) {
  const label = {
    of: `/v1/runs/${run}/report`,
    at: pointer('phases', pick('phase', phase), 'highlights', at, 'label'),
  };
  return (
    <>
      <dt>
        <Quoted text={row.label} source={label} />
      </dt>
      <dd>
        {Object.entries(row.figures).map(([name, figure]) => (
          <span key={name} className="pair">
            <Term>{name}</Term> <RunFigure run={run} figure={figure} />
          </span>
        ))}
        {row.best && (
          <span>
            best: <Term>{row.best}</Term>
          </span>
        )}
      </dd>
    </>
  );
}

export function Highlights({ run }: { readonly run: string }) {
  const query = useQuery(reportQuery(run, true));
  return (
    <Panel title="What came out">
      <Loaded query={query} what="report">
        {({ phases }) =>
          phases.length === 0 ? (
            <Empty why="No phase left figures." command={`npx forge runs report ${run}`} />
          ) : (
            phases.map((phase) => (
              <section key={phase.phase}>
                <h3 data-term="">{phase.phase}</h3>
                <dl className="facts">
                  {(phase.highlights ?? []).map((row, at) => (
                    <HighlightRow key={row.label} run={run} phase={phase.phase} row={row} at={at} />
                  ))}
                </dl>
              </section>
            ))
          )
        }
      </Loaded>
    </Panel>
  );
}
