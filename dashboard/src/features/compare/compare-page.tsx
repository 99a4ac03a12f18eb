/** Up to twenty runs side by side: settings that differ, and figures of the same name. */
import { useQueries } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link, useLocation, useSearch } from 'wouter';
import { Figure, Quoted, Term } from '../../components/figure.tsx';
import { Empty } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { Panel, Wide } from '../../components/panel.tsx';
import { Status } from '../../components/status.tsx';
import type { MetricRecord, Run } from '../../lib/api-types.ts';
import { formatValue } from '../../lib/format.ts';
import { hasEnded, metricsQuery, runQuery } from '../../lib/queries.ts';
import { metricSource, pointer } from '../../lib/record-source.ts';
import { differingSettings } from './differing-settings.ts';

const MOST_RUNS = 20;
const FIRST_ROWS = 60;

function Heads({ runs }: { readonly runs: readonly Run[] }) {
  return (
    <tr>
      <th>Name</th>
      {runs.map((run) => (
        <th key={run.id}>
          <Link href={`/runs/${run.id}`} data-term="">
            {run.name}
          </Link>{' '}
          <Status word={run.status} />
        </th>
      ))}
    </tr>
  );
}

function Settings({ runs, all }: { readonly runs: readonly Run[]; readonly all: boolean }) {
  const rows = differingSettings(runs, all);
  if (rows.length === 0) return <Empty why="All settings are the same." />;
  return (
    <Wide label="Settings">
      <table>
        <thead>
          <Heads runs={runs} />
        </thead>
        <tbody>
          {rows.map(({ path, values }) => (
            <tr key={path.join('/')}>
              <th scope="row" data-term="">
                {path.join(' ')}
              </th>
              {runs.map((run, at) => (
                <td key={run.id}>
                  <Setting run={run.id} path={path} value={values[at]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

function Setting({
  run,
  path,
  value,
}: {
  readonly run: string;
  readonly path: readonly string[];
  readonly value: unknown;
}) {
  if (value === undefined) return <span className="faint">none</span>;
  const source = { of: `/v1/runs/${run}`, at: pointer('resolved', ...path) };
  if (typeof value === 'number') return <Figure value={value} source={source} />;
  if (typeof value === 'string') return <Quoted text={value} source={source} />;
  return <Term>{formatValue(value)}</Term>;
}

interface MetricsProps {
  readonly runs: readonly Run[];
  readonly records: readonly (readonly MetricRecord[])[];
}

const keyOf = ({ phase, name, index, step }: MetricRecord): string =>
  [phase, name, index ?? '', step ?? ''].join(' ').trim();

function Metrics({ runs, records }: MetricsProps) {
  const [part, setPart] = useState('');
  const tables = records.map((each) => new Map(each.map((record) => [keyOf(record), record])));
  const names = [...new Set(tables.flatMap((table) => [...table.keys()]))].filter((name) =>
    name.includes(part),
  );
  return (
    <>
      <label className="row">
        Name contains <input value={part} onChange={({ target }) => setPart(target.value)} />
      </label>
      <Wide label="Figures">
        <table>
          <thead>
            <Heads runs={runs} />
          </thead>
          <tbody>
            {names.slice(0, FIRST_ROWS).map((name) => (
              <tr key={name}>
                <th scope="row" data-term="">
                  {name}
                </th>
                {runs.map((run, at) => {
                  const record = tables[at]?.get(name);
                  return (
                    <td key={run.id} className="number">
                      {record ? (
                        <Figure
                          value={record.value}
                          unit={record.unit}
                          source={metricSource(run.id, record.id)}
                        />
                      ) : (
                        <span className="faint">not measured</span>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      {names.length > FIRST_ROWS && (
        <p className="faint">There are more: narrow them down by a part of their name.</p>
      )}
    </>
  );
}

function Compared({ ids }: { readonly ids: readonly string[] }) {
  const [all, showAll] = useState(false);
  const found = useQueries({ queries: ids.map((id) => runQuery(id)) });
  const runs = found.flatMap(({ data }) => (data ? [data] : []));
  const metrics = useQueries({ queries: runs.map((run) => metricsQuery(run.id, !hasEnded(run.status))) });
  const missing = ids.filter((_, at) => found[at]?.error);
  if (found.some(({ isPending }) => isPending)) return <p role="status">Asking for runs …</p>;
  return (
    <>
      {missing.length > 0 && (
        <p role="alert">
          There is no run <Term>{missing.join(', ')}</Term>.
        </p>
      )}
      <Panel title="Settings">
        <label>
          <input type="checkbox" checked={all} onChange={({ target }) => showAll(target.checked)} /> also
          those that are the same
        </label>
        <Settings runs={runs} all={all} />
      </Panel>
      <Panel title="Figures">
        <Metrics runs={runs} records={metrics.map(({ data }) => data?.items ?? [])} />
      </Panel>
    </>
  );
}

export default function ComparePage() {
  const [, go] = useLocation();
  const ids = (new URLSearchParams(useSearch()).get('runs') ?? '')
    .split(',')
    .filter(Boolean)
    .slice(0, MOST_RUNS);
  const add = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const id = String(new FormData(event.currentTarget).get('run')).trim();
    if (id !== '') go(`/compare?runs=${[...new Set([...ids, id])].join(',')}`);
  };
  return (
    <Page
      title="Compare"
      lead="Up to twenty runs side by side. Only settings that differ are shown at first."
    >
      <form className="row" onSubmit={add}>
        <label>
          Id of a run <input name="run" required />
        </label>
        <button type="submit">Add</button>
      </form>
      {ids.length === 0 ? (
        <Empty why="No run is chosen: tick some in the list of runs." />
      ) : (
        <Compared ids={ids} />
      )}
    </Page>
  );
}
