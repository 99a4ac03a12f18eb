/** Marks of drawings: a shape goes with each colour, so that neither says anything alone. */

export const SHAPES = ['circle', 'square', 'triangle', 'diamond', 'bar'] as const;

const LAST = SHAPES.length;

export const kindOf = (series: number): number => ((series - 1) % LAST) + 1;

export interface MarkProps {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  /** From 1. */
  readonly series: number;
}

export function Mark({ x, y, size, series }: MarkProps) {
  const kind = kindOf(series);
  const className = `mark-${kind}`;
  const shape = SHAPES[kind - 1];
  if (shape === 'circle') return <circle className={className} cx={x} cy={y} r={size} />;
  if (shape === 'square' || shape === 'bar') {
    const high = shape === 'bar' ? size * 2.4 : size * 2;
    const broad = shape === 'bar' ? size : size * 2;
    return <rect className={className} x={x - broad / 2} y={y - high / 2} width={broad} height={high} />;
  }
  const corners =
    shape === 'triangle'
      ? `${x},${y - size} ${x + size},${y + size} ${x - size},${y + size}`
      : `${x},${y - size * 1.3} ${x + size * 1.3},${y} ${x},${y + size * 1.3} ${x - size * 1.3},${y}`;
  return <polygon className={className} points={corners} />;
}

/** What the marks stand for. */
export function MarkLegend({ names }: { readonly names: readonly string[] }) {
  return (
    <ul className="legend">
      {names.map((name, at) => (
        <li key={name}>
          <svg className="drawing-key" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
            <g className="drawing">
              <Mark x={6} y={6} size={3.5} series={at + 1} />
            </g>
          </svg>{' '}
          <span data-term="">{name}</span> <span className="unseen">{SHAPES[kindOf(at + 1) - 1]}</span>
        </li>
      ))}
    </ul>
  );
}
