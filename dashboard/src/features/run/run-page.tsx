/** A run: its state and what can be done with it at the top, one part of what it left below. */
import { useQuery } from '@tanstack/react-query';
import { type ComponentType, lazy, Suspense } from 'react';
import { Link, useParams } from 'wouter';
import { Empty, Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import type { Run } from '../../lib/api-types.ts';
import { runQuery } from '../../lib/queries.ts';
import { Overview } from './overview.tsx';
import { RunControls } from './run-controls.tsx';
import { RunHeader } from './run-header.tsx';

type Part = ComponentType<{ readonly run: Run }>;

const PARTS: Readonly<Record<string, readonly [title: string, Part]>> = {
  '': ['Overview', Overview],
  charts: ['Charts', lazy(() => import('./live-charts.tsx'))],
  logs: ['Logs', lazy(() => import('./log-tail.tsx'))],
  artifacts: ['Artifacts', lazy(() => import('./artifacts.tsx'))],
  contracts: ['Hand-overs', lazy(() => import('./contracts.tsx'))],
  events: ['Events', lazy(() => import('./event-list.tsx'))],
  again: ['Run it again', lazy(() => import('./again.tsx'))],
};

function Tabs({ run, part }: { readonly run: string; readonly part: string }) {
  return (
    <nav aria-label="Parts of the run" className="row tabs">
      {Object.entries(PARTS).map(([name, [title]]) => (
        <Link
          key={name}
          href={name === '' ? `/runs/${run}` : `/runs/${run}/${name}`}
          aria-current={name === part ? 'page' : undefined}
        >
          {title}
        </Link>
      ))}
    </nav>
  );
}

function Shown({ run, part }: { readonly run: Run; readonly part: string }) {
  const [, Chosen] = PARTS[part] ?? [];
  return (
    <Page
      title={`Run ${run.name}`}
      heading={<span data-term="">{run.name}</span>}
      lead={<RunHeader run={run} />}
    >
      <RunControls run={run} />
      <Tabs run={run.id} part={part} />
      <Suspense fallback={<p role="status">One moment …</p>}>
        {Chosen ? <Chosen run={run} /> : <Empty why="A run has no such part." />}
      </Suspense>
    </Page>
  );
}

export default function RunPage() {
  const { id = '', part = '' } = useParams<{ id: string; part?: string }>();
  const query = useQuery(runQuery(id));
  return (
    <Loaded query={query} what="run">
      {(run) => <Shown run={run} part={part} />}
    </Loaded>
  );
}
