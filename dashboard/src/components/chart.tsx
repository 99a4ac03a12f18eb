/** A chart of lines, with a table of the same values, each linked to its record. */
import { useEffect, useId, useRef, useState } from 'react';
import type uPlot from 'uplot';
import { downSample, type Point } from '../lib/down-sample.ts';
import type { RecordSource } from '../lib/record-source.ts';
import { type ChartLook, drawChart, updateChart } from './draw-chart.ts';
import { Figure } from './figure.tsx';
import { useSeen } from './use-seen.ts';

export interface ChartPoint extends Point {
  readonly source: RecordSource;
  readonly xSource: RecordSource;
}

export interface ChartLine {
  readonly label: string;
  readonly points: readonly ChartPoint[];
}

export interface ChartProps extends ChartLook {
  readonly title: string;
  readonly unit?: string;
  readonly lines: readonly ChartLine[];
  /** What is drawn where that is not what was measured. @default the lines; the table always has those */
  readonly drawn?: readonly ChartLine[] | undefined;
}

const MOST_ROWS = 60;
const DASH_NAMES = ['solid', 'dashed', 'dotted', 'dash and dot', 'short dashes', 'wide dots', 'long dashes'];

export function Chart({ title, unit, lines, drawn = lines, ...look }: ChartProps) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const toggle = () => setOpen((was) => !was);
  return (
    <figure className="chart" aria-labelledby={id}>
      <figcaption id={id}>
        <span data-term="">{title}</span>
        {unit && (
          <span className="unit" data-term="">
            {' '}
            ({unit})
          </span>
        )}
      </figcaption>
      <Canvas {...{ title, lines: drawn, look }} />
      <ul className="legend">
        {lines.map(({ label }, at) => (
          <li key={label}>
            <span className={`swatch series-${(at % 7) + 1}`} aria-hidden="true" />
            <span data-term="">{label}</span>{' '}
            <span className="unseen">{DASH_NAMES[at % DASH_NAMES.length]}</span>
          </li>
        ))}
      </ul>
      <button type="button" aria-expanded={open} onClick={toggle}>
        {open ? 'Hide the table' : 'Show as a table'}
        <span className="unseen" data-term="">
          {' '}
          of {title}
        </span>
      </button>
      {open && <ChartTable {...{ title, lines, xLabel: look.xLabel }} unit={unit ?? ''} />}
    </figure>
  );
}

interface CanvasProps {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  readonly look: ChartLook;
}

/** The theme's colours are drawn, not styled: another theme is another drawing. */
function useTheme(): number {
  const [drawn, redraw] = useState(0);
  useEffect(() => {
    const again = () => redraw((count) => count + 1);
    const system = matchMedia('(prefers-color-scheme: dark)');
    const chosen = new MutationObserver(again);
    chosen.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    system.addEventListener('change', again);
    return () => {
      chosen.disconnect();
      system.removeEventListener('change', again);
    };
  }, []);
  return drawn;
}

function Canvas({ title, lines, look }: CanvasProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const seen = useSeen(place);
  const theme = useTheme();
  const latest = useRef(lines);
  latest.current = lines;
  const labels = lines.map(({ label }) => label).join('\n');
  const { xLabel, logarithmic = false, cursorKey = '' } = look;
  // biome-ignore lint/correctness/useExhaustiveDependencies: labels and theme stand for what a drawing is made of
  useEffect(() => {
    if (!seen || !place.current) return;
    const drawn = drawChart(place.current, latest.current, { xLabel, logarithmic, cursorKey });
    chart.current = drawn;
    const resize = new ResizeObserver(([entry]) => {
      if (entry) drawn.setSize({ width: Math.max(entry.contentRect.width, 200), height: drawn.height });
    });
    resize.observe(place.current);
    return () => {
      resize.disconnect();
      drawn.destroy();
      chart.current = null;
    };
  }, [seen, labels, theme, xLabel, logarithmic, cursorKey]);
  useEffect(() => {
    if (chart.current) updateChart(chart.current, lines);
  }, [lines]);
  return (
    <div
      ref={place}
      className="canvas"
      role="img"
      aria-label={`Chart of ${title}; the table below has its values`}
    />
  );
}

function ChartTable({
  title,
  lines,
  xLabel,
  unit,
}: {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  readonly xLabel: string;
  readonly unit: string;
}) {
  return (
    <section className="wide" aria-label={`Values of ${title}`}>
      <table>
        <thead>
          <tr>
            <th>Line</th>
            <th className="number">{xLabel}</th>
            <th className="number">Value</th>
          </tr>
        </thead>
        <tbody>
          {lines.flatMap(({ label, points }) =>
            downSample(points, MOST_ROWS).map(({ x, y, source, xSource }) => (
              <tr key={`${label} ${x}`}>
                <th scope="row" data-term="">
                  {label}
                </th>
                <td className="number">
                  <Figure value={x} source={xSource} />
                </td>
                <td className="number">
                  <Figure value={y} unit={unit} source={source} />
                </td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </section>
  );
}
