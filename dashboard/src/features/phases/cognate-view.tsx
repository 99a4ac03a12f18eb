/** Cognate: how far the variants went from their base, how long models ponder, what their memory recalls. */
import { Panel } from '../../components/panel.tsx';
import { Bars, MeasureTable, recordOf, subjectsOf } from './measures.tsx';
import type { PhaseViewProps } from './phase-view-props.ts';
import { Scene } from './scene.tsx';
import type { SceneNode } from './scene-props.ts';
import './phase-views.css';

const DISTANCES = {
  near: 'recall_accuracy_near',
  full: 'recall_accuracy_full',
  distant: 'recall_accuracy_distant',
};
const BASE = 'base';

/** The base in the middle; each variant as far from it as its weights are, relative to the furthest one. */
function nodesOf(metrics: PhaseViewProps['metrics'], variants: readonly string[]): readonly SceneNode[] {
  const distances = variants.map((name) => recordOf(metrics, `${name}/relative_task_vector`)?.value ?? 0);
  const most = Math.max(1e-12, ...distances);
  const outer = variants.map((id, at): SceneNode => {
    const turn = (2 * Math.PI * at) / variants.length;
    const far = (distances[at] ?? 0) / most;
    const [x, y] = [Math.cos(turn) * far, Math.sin(turn) * far];
    const flat = [0.5 + x * 0.28, 0.5 + y * 0.48] as const;
    return { id, flat, deep: [x, y * 0.8, y * 0.6], size: 0.6, series: at + 2 };
  });
  return [{ id: BASE, flat: [0.5, 0.5], deep: [0, 0, 0], size: 1, series: 1 }, ...outer];
}

export default function CognateView({ run, metrics }: PhaseViewProps) {
  const models = subjectsOf(metrics, 'bits_per_byte').filter((name) =>
    recordOf(metrics, `${name}/ponder_steps`),
  );
  const variants = subjectsOf(metrics, 'relative_task_vector');
  const shares = [...new Set(metrics.map(({ name }) => name.split('/')[1] ?? ''))].filter((name) =>
    /^ponder_share_\d+$/.test(name),
  );
  const measured = { run: run.id, metrics };
  return (
    <>
      <Panel title="TinyTitan variants around their base">
        {variants.length > 0 && (
          <Scene
            label="The base, and each variant as far from it as its weights moved"
            nodes={nodesOf(metrics, variants)}
            edges={variants.map((name) => [BASE, name] as const)}
            names={[BASE, ...variants]}
            shell
          />
        )}
        <MeasureTable
          {...measured}
          label="Model"
          columns={['distance from the base', 'parameters', 'bits per byte']}
          rows={models.map((label) => ({
            label,
            names: ['relative_task_vector', 'parameters', 'bits_per_byte'].map((each) => `${label}/${each}`),
          }))}
        />
      </Panel>
      <Panel title="Pondering">
        <p>Mean steps that a model takes for a token, and how many tokens take how many.</p>
        <Bars {...measured} rows={models.map((label) => ({ label, name: `${label}/ponder_steps` }))} />
        <MeasureTable
          {...measured}
          label="Pondering"
          columns={['spread', ...shares.map((each) => each.replace('ponder_share_', 'steps: '))]}
          rows={models.map((label) => ({
            label,
            names: ['ponder_spread', ...shares].map((each) => `${label}/${each}`),
          }))}
        />
      </Panel>
      <Panel title="Memory recall">
        <p>Share of facts that a model names again: near ones, across a full window, and beyond it.</p>
        <div className="columns">
          {Object.entries(DISTANCES).map(([distance, measure]) => (
            <section key={distance} aria-label={`Recall: ${distance}`}>
              <h3>{distance}</h3>
              <Bars {...measured} rows={models.map((label) => ({ label, name: `${label}/${measure}` }))} />
            </section>
          ))}
        </div>
      </Panel>
    </>
  );
}
