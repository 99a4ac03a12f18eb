/** Quiet-STaR: whether thoughts help, and whether it is their content that does. */
import { Panel } from '../../components/panel.tsx';
import { AnswerList } from './answer-list.tsx';
import { Bars, Intervals, MeasureTable } from './measures.tsx';
import type { PhaseViewProps } from './phase-view-props.ts';
import './phase-views.css';

const GAINS = [
  { label: 'over not thinking', name: 'thoughts/gain' },
  { label: 'over shuffled thoughts', name: 'thoughts/gain_over_shuffled' },
  { label: 'over ablated weights', name: 'thoughts/ablation_drop' },
  { label: 'over the control', name: 'thoughts/gain_over_control' },
];
const WAYS = ['thoughts', 'quiet', 'shuffled', 'random', 'control', 'input'];
const TRAITS = ['distinct_2', 'most_common_share', 'positive_share', 'mean_weight', 'places', 'effect'];

export default function QuietStarView({ run, report, metrics }: PhaseViewProps) {
  const measured = { run: run.id, metrics };
  return (
    <>
      <Panel title="What thoughts gain">
        <p>
          Bars span the interval, the thick line is its mean, the thin one nought. A gain over shuffled
          thoughts that reaches below nought says that the content of the thoughts does nothing.
        </p>
        <Intervals {...measured} rows={GAINS} />
      </Panel>
      <Panel title="Loss by way of thinking">
        <Bars {...measured} rows={WAYS.map((label) => ({ label, name: `${label}/nll` }))} />
      </Panel>
      <Panel title="Thought inspector">
        <MeasureTable
          {...measured}
          label="Thoughts"
          columns={['value']}
          rows={TRAITS.map((each) => ({ label: each.replaceAll('_', ' '), names: [`thoughts/${each}`] }))}
        />
        <AnswerList
          run={run.id}
          report={report}
          why="The thoughts themselves lie in the artifact thoughts of the phase; the report holds none of their words."
        />
      </Panel>
    </>
  );
}
