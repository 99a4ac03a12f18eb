/** One phase of a run: its own view, then what all phases have: figures, gates, contracts. */
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Link, useParams } from 'wouter';
import { GateTable } from '../../components/gate-table.tsx';
import { Empty, Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { Status } from '../../components/status.tsx';
import type { PhaseRecord, PhaseSlug, Run } from '../../lib/api-types.ts';
import { hasEnded, metricsQuery, reportQuery, runQuery } from '../../lib/queries.ts';
import { pick, pointer } from '../../lib/record-source.ts';
import { useRunEvents } from '../../lib/run-events.ts';
import { MetricTable } from './metric-table.tsx';
import { PHASE_VIEWS } from './views.ts';

const VIEWS = Object.fromEntries(Object.entries(PHASE_VIEWS).map(([slug, load]) => [slug, lazy(load)]));

function PhaseOfRun({ run, phase }: { readonly run: Run; readonly phase: PhaseRecord }) {
  const ended = hasEnded(run.status);
  const metrics = useQuery(metricsQuery(run.id, !ended));
  const report = useQuery(reportQuery(run.id, ended));
  const { events } = useRunEvents(run.id);
  const View = VIEWS[phase.slug];
  const records = metrics.data?.items.filter((record) => record.phase === phase.slug) ?? [];
  return (
    <>
      {View && (
        <Suspense fallback={<p role="status">One moment …</p>}>
          <View
            run={run}
            phase={phase}
            report={report.data?.phases.find((each) => each.phase === phase.slug) ?? null}
            metrics={records}
            events={events.filter((event) => event.phase === phase.slug)}
          />
        </Suspense>
      )}
      <Panel title="Gates">
        {phase.gates.length > 0 ? (
          <GateTable
            run={run.id}
            gates={phase.gates}
            boundSource={(index) => ({
              of: `/v1/runs/${run.id}`,
              at: pointer('phases', pick('slug', phase.slug), 'gates', index, 'gate', 'bound'),
            })}
          />
        ) : (
          <Empty why="No gate has been evaluated: they are when the phase has ended." />
        )}
      </Panel>
      <Panel title="Metric records">
        <Loaded query={metrics} what="metric records">
          {() => <MetricTable run={run.id} records={records} />}
        </Loaded>
      </Panel>
    </>
  );
}

function Shown({ run, slug }: { readonly run: Run; readonly slug: string }) {
  const phase = run.phases.find((each) => each.slug === slug);
  const heading = (
    <>
      <span data-term="">{slug}</span> of{' '}
      <Link href={`/runs/${run.id}`} data-term="">
        {run.name}
      </Link>
    </>
  );
  return (
    <Page title={`${slug} of ${run.name}`} heading={heading} lead={phase && <Status word={phase.status} />}>
      {phase ? <PhaseOfRun run={run} phase={phase} /> : <Empty why="This run has no such phase." />}
    </Page>
  );
}

export default function PhasePage() {
  const { id = '', slug = '' } = useParams<{ id: string; slug: PhaseSlug }>();
  const query = useQuery(runQuery(id));
  return (
    <Loaded query={query} what="run">
      {(run) => <Shown run={run} slug={slug} />}
    </Loaded>
  );
}
