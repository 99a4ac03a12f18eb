/** BitNet: which codes are nought where, what the bytes of the packed file are, and what it costs. */
import { Empty } from '../../components/loaded.tsx';
import { Panel } from '../../components/panel.tsx';
import { Bars, MeasureTable, subjectsOf } from './measures.tsx';
import type { PhaseViewProps } from './phase-view-props.ts';
import './phase-views.css';

const GROUP = 'packed/bytes_of_';
const QUALITY = ['input', 'ternary', 'ptq', 'packed'];
const RATIOS = ['fp32_file', 'fp16_file', 'fp32_matrices', 'fp16_matrices'];

export default function BitnetView({ run, metrics }: PhaseViewProps) {
  const measured = { run: run.id, metrics };
  const layers = subjectsOf(metrics, 'zero_share');
  const groups = metrics.filter(({ name }) => name.startsWith(GROUP)).map(({ name }) => name);
  return (
    <>
      <Panel title="Ternary map">
        <p>Share of the codes that are nought, matrix by matrix; the others are one or minus one.</p>
        {layers.length > 0 ? (
          <Bars {...measured} rows={layers.map((label) => ({ label, name: `${label}/zero_share` }))} />
        ) : (
          <Empty why="This run has no records of single matrices: it was made before they were taken, or has not come so far." />
        )}
      </Panel>
      <Panel title="Bytes by group">
        <Bars
          {...measured}
          rows={groups.map((name) => ({ label: name.slice(GROUP.length).replaceAll('_', ' '), name }))}
        />
        <MeasureTable
          {...measured}
          label="Ratio"
          columns={['times smaller']}
          rows={RATIOS.map((each) => ({
            label: `than ${each.replace('_', ', ')}`,
            names: [`packed/ratio_${each}`],
          }))}
        />
      </Panel>
      <Panel title="Quality and speed">
        <MeasureTable
          {...measured}
          label="Model"
          columns={['bits per byte', 'loss against the input', 'milliseconds per token']}
          rows={QUALITY.map((label) => ({
            label,
            names: ['bits_per_byte', 'loss_gap', 'ms_per_token'].map((each) => `${label}/${each}`),
          }))}
        />
      </Panel>
    </>
  );
}
