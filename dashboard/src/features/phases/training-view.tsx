/** Forge training: the loss with lanes of its mechanisms, and what experiments say of each. */
import { useQuery } from '@tanstack/react-query';
import { Chart, type ChartLine } from '../../components/chart.tsx';
import { Quoted } from '../../components/figure.tsx';
import { Empty, Loaded } from '../../components/loaded.tsx';
import { Panel } from '../../components/panel.tsx';
import { Status } from '../../components/status.tsx';
import type { ForgeEvent } from '../../lib/api-types.ts';
import { hasEnded, reportQuery } from '../../lib/queries.ts';
import { pick, pointer } from '../../lib/record-source.ts';
import { Intervals, MeasureTable } from './measures.tsx';
import { eventLine } from './metric-lines.ts';
import type { PhaseViewProps } from './phase-view-props.ts';
import './phase-views.css';

const COMMON = new Set(['loss', 'lr', 'step', 'tokens', 'tokens_per_second', 'index', 'jobAttempt', 'round']);
const MECHANISMS = ['edge/', 'dreams/', 'self_model/'];

/** Whatever else the jobs told of their steps: dreams, difficulty, the self-model, where they are on. */
function lanesOf(events: readonly ForgeEvent[]): readonly ChartLine[] {
  const names = new Set(
    events
      .filter(({ type }) => type === 'training_metrics')
      .flatMap(({ data }) => Object.keys(data).filter((name) => typeof data[name] === 'number')),
  );
  return [...names]
    .filter((name) => !COMMON.has(name))
    .flatMap((name) => eventLine(events, name, name) ?? []);
}

function Verdicts({ run }: { readonly run: PhaseViewProps['run'] }) {
  const query = useQuery(reportQuery(run.id, true));
  return (
    <Loaded query={query} what="report">
      {(report) => {
        const claims = (report.claims ?? []).filter(({ phase }) => phase === 'training');
        if (claims.length === 0)
          return (
            <Empty why="No mechanism with a claim was on in this run." command="npx forge claims list" />
          );
        return (
          <ul>
            {claims.map(({ claim, setting, verdict }) => (
              <li key={claim}>
                <Quoted
                  text={setting ?? claim}
                  source={{
                    of: `/v1/runs/${run.id}/report`,
                    at: pointer('claims', pick('claim', claim), setting === null ? 'claim' : 'setting'),
                  }}
                />
                : <Status word={verdict} />
              </li>
            ))}
          </ul>
        );
      }}
    </Loaded>
  );
}

export default function TrainingView({ run, metrics, events }: PhaseViewProps) {
  const loss = eventLine(events, 'loss', 'loss');
  const measured = { run: run.id, metrics };
  const mechanisms = metrics.filter(({ name }) => MECHANISMS.some((each) => name.startsWith(each)));
  return (
    <>
      <Panel title="Loss and lanes">
        {loss === null ? (
          <Empty why="The training has said nothing yet." command={`npx forge runs watch ${run.id}`} />
        ) : (
          <>
            <Chart title="loss" xLabel="step" cursorKey={run.id} lines={[loss]} />
            <div className="columns">
              {lanesOf(events).map((lane) => (
                <Chart key={lane.label} title={lane.label} xLabel="step" cursorKey={run.id} lines={[lane]} />
              ))}
            </div>
          </>
        )}
      </Panel>
      <Panel title="Dreams, difficulty, self-model">
        {mechanisms.length > 0 ? (
          <MeasureTable
            {...measured}
            label="Mechanism"
            columns={['value']}
            rows={mechanisms.map(({ name }) => ({ label: name, names: [name] }))}
          />
        ) : (
          <Empty why="No mechanism was on in this run: each is off until an experiment finds for it." />
        )}
      </Panel>
      <Panel title="Gain">
        <Intervals {...measured} rows={[{ label: 'trained over input', name: 'trained/gain' }]} />
      </Panel>
      <Panel title="Verdicts of experiments">
        {hasEnded(run.status) ? (
          <Verdicts run={run} />
        ) : (
          <Empty why="They stand in the report, when the run has ended." />
        )}
      </Panel>
    </>
  );
}
