import { useMemo, useState } from 'react';
import { Chart } from '../../components/chart.tsx';
import { Empty } from '../../components/loaded.tsx';
import { Panel } from '../../components/panel.tsx';
import type { Run } from '../../lib/api-types.ts';
import { useRunEvents } from '../../lib/run-events.ts';
import { type Across, measuresOf, metricLines } from './metric-lines.ts';

const FIRST_SHOWN = 4;
const AXES: readonly Across[] = ['step', 'tokens', 'seconds'];

interface Choice {
  readonly across: Across;
  readonly logarithmic: boolean;
  readonly smooth: boolean;
  readonly measures: readonly string[] | null;
}

interface ChoicesProps {
  readonly choice: Choice;
  readonly measures: readonly string[];
  readonly change: (change: Partial<Choice>) => void;
}

function Choices({ choice, measures, change }: ChoicesProps) {
  const shown = choice.measures ?? measures.slice(0, FIRST_SHOWN);
  const toggle = (name: string, wanted: boolean) =>
    change({ measures: measures.filter((each) => (each === name ? wanted : shown.includes(each))) });
  return (
    <>
      <div className="row">
        <label>
          Across{' '}
          <select value={choice.across} onChange={({ target }) => change({ across: target.value as Across })}>
            {AXES.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <label>
          <input
            type="checkbox"
            checked={choice.logarithmic}
            onChange={({ target }) => change({ logarithmic: target.checked })}
          />{' '}
          logarithmic
        </label>
        <label>
          <input
            type="checkbox"
            checked={choice.smooth}
            onChange={({ target }) => change({ smooth: target.checked })}
          />{' '}
          smooth
        </label>
      </div>
      <details>
        <summary>What is drawn</summary>
        <div className="row" data-term="">
          {measures.map((name) => (
            <label key={name}>
              <input
                type="checkbox"
                checked={shown.includes(name)}
                onChange={({ target }) => toggle(name, target.checked)}
              />{' '}
              {name}
            </label>
          ))}
        </div>
      </details>
    </>
  );
}

/** Charts of what jobs say while they train, as it comes. */
export default function LiveCharts({ run }: { readonly run: Run }) {
  const { events } = useRunEvents(run.id);
  const [choice, choose] = useState<Choice>({
    across: 'step',
    logarithmic: false,
    smooth: false,
    measures: null,
  });
  const { across, smooth, logarithmic } = choice;
  const measures = useMemo(() => measuresOf(events), [events]);
  const shown = choice.measures ?? measures.slice(0, FIRST_SHOWN);
  if (measures.length === 0)
    return (
      <Empty why="No job has said anything of its training yet." command={`npx forge runs watch ${run.id}`} />
    );
  return (
    <Panel title="Training">
      <Choices
        choice={choice}
        measures={measures}
        change={(change) => choose((was) => ({ ...was, ...change }))}
      />
      <div className="columns">
        {shown.map((name) => (
          <Chart
            key={name}
            title={smooth ? `${name}, smoothed` : name}
            xLabel={across}
            logarithmic={logarithmic}
            cursorKey={run.id}
            lines={metricLines(events, name, { across, smooth: false })}
            drawn={smooth ? metricLines(events, name, { across, smooth }) : undefined}
          />
        ))}
      </div>
    </Panel>
  );
}
