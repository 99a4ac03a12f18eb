/** Compression: what each codec took, what it cost, and the rate and distortion of single tensors. */
import { Empty } from '../../components/loaded.tsx';
import { Panel } from '../../components/panel.tsx';
import { Bars, MeasureTable, recordOf, subjectsOf } from './measures.tsx';
import type { PhaseViewProps } from './phase-view-props.ts';
import { Scatter } from './scatter.tsx';
import './phase-views.css';

const GROUP = 'compressed/bytes_of_';
const RATE = 'stored_bytes';
const DISTORTION = 'distortion';
const CHOICE = [
  'choice/within_budget',
  'choice/predicted_loss',
  'choice/measured_loss',
  'choice/additivity_error',
];
const SIZES = [
  'compressed/file_bytes',
  'input/file_bytes',
  'single/file_bytes',
  'compressed/ratio_fp32_file',
  'compressed/bits_per_weight',
];

function Tensors({ run, metrics }: Pick<PhaseViewProps, 'run' | 'metrics'>) {
  const tensors = subjectsOf(metrics, RATE).filter((name) => recordOf(metrics, `${name}/${DISTORTION}`));
  if (tensors.length === 0)
    return (
      <Empty why="There are no records of single tensors: the phase has not come so far, or keeps them in its artifacts alone." />
    );
  const points = tensors.map((id) => ({
    id,
    x: recordOf(metrics, `${id}/${RATE}`)?.value ?? 0,
    y: recordOf(metrics, `${id}/${DISTORTION}`)?.value ?? 0,
    series: 1,
  }));
  return (
    <>
      <Scatter label="Tensors" xLabel="bytes" yLabel="distortion" points={points} names={['tensor']} />
      <MeasureTable
        run={run.id}
        metrics={metrics}
        label="Tensor"
        columns={['stored bytes', 'distortion']}
        rows={tensors.map((label) => ({ label, names: [`${label}/${RATE}`, `${label}/${DISTORTION}`] }))}
      />
    </>
  );
}

export default function CompressionView({ run, metrics }: PhaseViewProps) {
  const measured = { run: run.id, metrics };
  const groups = metrics.filter(({ name }) => name.startsWith(GROUP)).map(({ name }) => name);
  const table = (names: readonly string[]) =>
    names.map((name) => ({ label: name.replaceAll('_', ' '), names: [name] }));
  return (
    <>
      <Panel title="Rate and distortion by tensor">
        <Tensors run={run} metrics={metrics} />
      </Panel>
      <Panel title="Bytes by codec">
        {groups.length > 0 ? (
          <Bars {...measured} rows={groups.map((name) => ({ label: name.slice(GROUP.length), name }))} />
        ) : (
          <Empty why="No file has been written yet." command={`npx forge runs watch ${run.id}`} />
        )}
      </Panel>
      <Panel title="The file and its choice">
        <MeasureTable {...measured} label="File" columns={['value']} rows={table([...SIZES, ...CHOICE])} />
      </Panel>
    </>
  );
}
