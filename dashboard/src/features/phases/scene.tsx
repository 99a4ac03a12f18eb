/** Things and what binds them: flat, in space, or as the table that stands below. All three show the same. */
import { useEffect, useRef, useState } from 'react';
import { Mark, MarkLegend } from './marks.tsx';
import type { SceneNode, SceneProps } from './scene-props.ts';

const WIDTH = 200;
const HEIGHT = 110;
const at = ([x, y]: SceneNode['flat']) => [10 + x * (WIDTH - 20), 8 + y * (HEIGHT - 16)] as const;

function FlatScene({ label, nodes, edges }: SceneProps) {
  const places = new Map(nodes.map((node) => [node.id, at(node.flat)]));
  return (
    <svg className="drawing" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {edges.map(([from, to]) => {
        const [start, end] = [places.get(from), places.get(to)];
        if (!start || !end) return null;
        return <line key={`${from} ${to}`} x1={start[0]} y1={start[1]} x2={end[0]} y2={end[1]} />;
      })}
      {nodes.map(({ id, flat, size, series }) => {
        const [x, y] = at(flat);
        return <Mark key={id} x={x} y={y} size={1.8 + size * 2.2} series={series} />;
      })}
    </svg>
  );
}

/** Loaded when it is asked for: what draws in space weighs more than all the rest. */
function DeepScene(props: SceneProps) {
  const place = useRef<HTMLDivElement>(null);
  const [failed, fail] = useState(false);
  const latest = useRef(props);
  latest.current = props;
  const drawn = props.nodes.map(({ id }) => id).join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the ids stand for what is drawn
  useEffect(() => {
    let stop = () => {};
    let gone = false;
    import('./draw-scene.ts')
      .then(({ drawScene }) => {
        if (gone || !place.current) return;
        stop = drawScene(place.current, latest.current);
      })
      .catch(() => fail(true));
    return () => {
      gone = true;
      stop();
    };
  }, [drawn]);
  if (failed)
    return <p className="faint">This browser draws nothing in space; the flat drawing shows the same.</p>;
  return (
    <div
      ref={place}
      className="deep"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys turn it
      tabIndex={0}
      role="img"
      aria-label={`${props.label}; arrow keys turn it`}
    />
  );
}

export function Scene(props: SceneProps) {
  const [deep, setDeep] = useState(false);
  return (
    <>
      <div className="row">
        <button type="button" aria-pressed={!deep} onClick={() => setDeep(false)}>
          Flat
        </button>
        <button type="button" aria-pressed={deep} onClick={() => setDeep(true)}>
          In space
        </button>
      </div>
      {deep ? <DeepScene {...props} /> : <FlatScene {...props} />}
      <MarkLegend names={props.names} />
    </>
  );
}
