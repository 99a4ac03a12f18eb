/** Deployment: latency against throughput of every form under every load, and what speaks for the one that was chosen. */
import { Empty } from '../../components/loaded.tsx';
import { Panel } from '../../components/panel.tsx';
import { type Measured, MeasureTable, recordOf, subjectsOf } from './measures.tsx';
import type { PhaseViewProps } from './phase-view-props.ts';
import { Scatter } from './scatter.tsx';
import './phase-views.css';

const X = 'p95_ms';
const COLUMNS = ['p50_ms', X, 'p99_ms', 'max_ms', 'tokens_per_second', 'cpu_ms', 'rss_mib'];

function Evidence(measured: Measured) {
  const evidence = measured.metrics.filter(({ name }) =>
    /^(evidence|parity|deadline|v2x|fusion|monitor)[_a-z0-9]*\//.test(name),
  );
  return (
    <Panel title="Evidence pack">
      {evidence.length > 0 ? (
        <MeasureTable
          {...measured}
          label="Evidence"
          columns={['value']}
          rows={evidence.map(({ name }) => ({ label: name, names: [name] }))}
        />
      ) : (
        <Empty why="This target makes no evidence pack, or the phase has not come so far. The gates below are checked all the same." />
      )}
    </Panel>
  );
}

export default function DeploymentView({ run, metrics }: PhaseViewProps) {
  const measured = { run: run.id, metrics };
  const forms = subjectsOf(metrics, X).filter((name) => name !== 'chosen');
  const variants = [...new Set(forms.map((name) => recordOf(metrics, `${name}/${X}`)?.model ?? name))];
  const points = forms.flatMap((id) => {
    const [latency, speed] = [recordOf(metrics, `${id}/${X}`), recordOf(metrics, `${id}/tokens_per_second`)];
    if (!latency || !speed) return [];
    const series = variants.indexOf(latency.model ?? id) + 1;
    return [{ id, x: latency.value, y: 1 / Math.max(1e-12, speed.value), series }];
  });
  const chosen = metrics.filter(({ name }) => name.startsWith('chosen/')).map(({ name }) => name);
  return (
    <>
      <Panel title="Latency and throughput">
        {points.length > 0 ? (
          <>
            <Scatter
              label="Forms of the model under load"
              xLabel="latency, 95th percentile"
              yLabel="seconds per token"
              points={points}
              names={variants}
            />
            <MeasureTable
              {...measured}
              label="Form and load"
              columns={COLUMNS.map((each) => each.replaceAll('_', ' '))}
              rows={forms.map((label) => ({ label, names: COLUMNS.map((each) => `${label}/${each}`) }))}
            />
          </>
        ) : (
          <Empty why="No form of the model has been timed yet." command={`npx forge runs watch ${run.id}`} />
        )}
      </Panel>
      <Panel title="What was chosen">
        {chosen.length > 0 ? (
          <MeasureTable
            {...measured}
            label="Chosen"
            columns={['value']}
            rows={chosen.map((name) => ({ label: name.slice('chosen/'.length), names: [name] }))}
          />
        ) : (
          <Empty why="Nothing has been chosen yet." />
        )}
      </Panel>
      <Evidence {...measured} />
    </>
  );
}
