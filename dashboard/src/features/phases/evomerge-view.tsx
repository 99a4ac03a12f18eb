/** EvoMerge: who descends from whom, what nobody beats, and how different they still are. */
import { Chart } from '../../components/chart.tsx';
import { Figure, Term } from '../../components/figure.tsx';
import { Empty } from '../../components/loaded.tsx';
import { Panel, Wide } from '../../components/panel.tsx';
import { type Individual, individualsOf, methodsOf, treeOf } from './evolution.ts';
import { recordLine } from './metric-lines.ts';
import type { PhaseViewProps } from './phase-view-props.ts';
import { Scatter } from './scatter.tsx';
import { Scene } from './scene.tsx';
import './phase-views.css';

const COURSES = {
  'Best fitness': 'evolution/best_fitness',
  Hypervolume: 'evolution/hypervolume',
  Diversity: 'evolution/diversity',
};
const X = 'operations';
const Y = 'perplexity';

function Family({ all }: { readonly all: readonly Individual[] }) {
  return (
    <Wide label="Individuals">
      <table>
        <thead>
          <tr>
            <th>Individual</th>
            <th>Method</th>
            <th>Parents</th>
            <th className="number">Fitness</th>
            <th className="number">Front</th>
            <th className="number">{Y}</th>
            <th className="number">{X}</th>
          </tr>
        </thead>
        <tbody>
          {all.map(({ id, method, parents, fitness, rank, objectives, source }) => (
            <tr key={id}>
              <th scope="row">
                <Term>{id}</Term>
              </th>
              <td data-term="">{method}</td>
              <td data-term="">{parents.join(', ') || 'none'}</td>
              <td className="number">
                {fitness === null ? 'infeasible' : <Figure value={fitness} source={source('fitness')} />}
              </td>
              <td className="number">
                <Figure value={rank} source={source('rank')} />
              </td>
              {[Y, X].map((name) => (
                <td key={name} className="number">
                  {objectives?.[name] === undefined ? (
                    'not measured'
                  ) : (
                    <Figure value={objectives[name]} source={source('objectives', name)} />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

export default function EvomergeView({ run, metrics, events }: PhaseViewProps) {
  const all = individualsOf(events);
  const methods = methodsOf(all);
  const points = all.flatMap(({ id, method, objectives }) => {
    const [x, y] = [objectives?.[X], objectives?.[Y]];
    return x === undefined || y === undefined ? [] : [{ id, x, y, series: methods.indexOf(method) + 1 }];
  });
  if (all.length === 0)
    return (
      <Panel title="Evolution">
        <Empty why="No generation has been evaluated yet." command={`npx forge runs watch ${run.id}`} />
      </Panel>
    );
  return (
    <>
      <Panel title="Family tree">
        <p>Generations from top to bottom; larger is fitter. The table below says the same in figures.</p>
        <Scene
          label="Family tree of the merged models"
          nodes={treeOf(all)}
          edges={all.flatMap(({ id, parents }) => parents.map((parent) => [parent, id] as const))}
          names={methods}
        />
        <Family all={all} />
      </Panel>
      <Panel title="Pareto front">
        <Scatter
          label="Objectives, as shares of the base"
          xLabel={X}
          yLabel={Y}
          points={points}
          names={methods}
        />
      </Panel>
      <Panel title="Course of the search">
        <div className="columns">
          {Object.entries(COURSES).map(([title, name]) => (
            <Chart
              key={name}
              title={title}
              xLabel="generation"
              cursorKey={run.id}
              lines={[recordLine(run.id, metrics, name, title)]}
            />
          ))}
        </div>
      </Panel>
    </>
  );
}
