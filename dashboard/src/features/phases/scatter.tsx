/** Two figures of many things against each other, less of both being better, with those that nothing beats joined. */
import { Mark, MarkLegend } from './marks.tsx';

export interface ScatterPoint {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  /** From 1. */
  readonly series: number;
}

export interface ScatterProps {
  readonly label: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly points: readonly ScatterPoint[];
  readonly names: readonly string[];
}

const WIDTH = 200;
const HEIGHT = 100;

/** The points that no other one beats in both, from left to right. */
export function frontOf<Point extends { readonly x: number; readonly y: number }>(
  points: readonly Point[],
): readonly Point[] {
  const ordered = [...points].sort((one, other) => one.x - other.x || one.y - other.y);
  let least = Number.POSITIVE_INFINITY;
  return ordered.filter(({ y }) => {
    if (y >= least) return false;
    least = y;
    return true;
  });
}

function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const span = most - least || 1;
  return (value) => from + ((value - least) / span) * (to - from);
}

export function Scatter({ label, xLabel, yLabel, points, names }: ScatterProps) {
  const x = scale(
    points.map((point) => point.x),
    12,
    WIDTH - 12,
  );
  const y = scale(
    points.map((point) => point.y),
    HEIGHT - 12,
    12,
  );
  const front = frontOf(points).map((point) => `${x(point.x)},${y(point.y)}`);
  return (
    <>
      <p className="faint" data-term="">
        Right: more {xLabel}. Up: more {yLabel}. Dashed: the Pareto front, lower left being better.
      </p>
      <svg
        className="drawing"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${label}; the table below has its values`}
      >
        <line x1="6" y1={HEIGHT - 6} x2={WIDTH - 6} y2={HEIGHT - 6} />
        <line x1="6" y1="6" x2="6" y2={HEIGHT - 6} />
        <polyline className="front" points={front.join(' ')} />
        {points.map((point) => (
          <Mark key={point.id} x={x(point.x)} y={y(point.y)} size={2.2} series={point.series} />
        ))}
      </svg>
      <MarkLegend names={names} />
    </>
  );
}
