/** Baking: what the model said before and after, whether the prompt is in the weights, and what it cost. */
import { Panel } from '../../components/panel.tsx';
import { AnswerList } from './answer-list.tsx';
import { Bars, Intervals, MeasureTable } from './measures.tsx';
import type { PhaseViewProps } from './phase-view-props.ts';
import './phase-views.css';

const MODELS = ['input', 'baked', 'prompted', 'reprompted'];
const MEASURES = ['kl', 'agreement', 'exact', 'expected', 'trait'];
const GAINS = [
  { label: 'exact answers', name: 'baked/exact_gain' },
  { label: 'agreement', name: 'baked/agreement_gain' },
];

export default function BakingView({ run, report, metrics }: PhaseViewProps) {
  const measured = { run: run.id, metrics };
  const strengths = metrics.filter(({ name }) => /^strength_\d+\/kl$/.test(name)).map(({ name }) => name);
  const tools = metrics
    .filter(({ name }) => /^(tool|tools|call|calls)[_a-z]*\//.test(name))
    .map(({ name }) => name);
  return (
    <>
      <Panel title="Before and after">
        <AnswerList
          run={run.id}
          report={report}
          why="No answers were written down: they stand in the report, when the run has ended."
        />
      </Panel>
      <Panel title="Beside the prompted model">
        <MeasureTable
          {...measured}
          label="Model"
          columns={MEASURES}
          rows={MODELS.map((label) => ({ label, names: MEASURES.map((each) => `${label}/${each}`) }))}
        />
        <Intervals {...measured} rows={GAINS} />
      </Panel>
      <Panel title="Half-baked">
        <p>Distance from the prompted model, with a part of the change alone and with all of it.</p>
        <Bars
          {...measured}
          rows={[...strengths, 'baked/kl'].map((name) => ({
            label: name.replace('/kl', '').replace('_', ' '),
            name,
          }))}
        />
      </Panel>
      {tools.length > 0 && (
        <Panel title="Tools">
          <MeasureTable
            {...measured}
            label="Tool calls"
            columns={['value']}
            rows={tools.map((name) => ({ label: name, names: [name] }))}
          />
        </Panel>
      )}
    </>
  );
}
