/** Lines on a canvas with uPlot: the one file that knows it. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { downSample, type Point } from '../lib/down-sample.ts';

export interface Line {
  readonly label: string;
  /** In the order of x. */
  readonly points: readonly Point[];
}

export interface ChartLook {
  readonly xLabel: string;
  readonly logarithmic?: boolean;
  /** Charts of one key show their cursors at the same x. */
  readonly cursorKey?: string;
}

const MOST_POINTS = 2000;
const HEIGHT = 240;
/** Shape beside colour: solid, dashed, dotted and so on. */
const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [12, 4, 2, 4], [5, 5], [1, 5], [16, 4]];

/** Lines of their own x each, as columns over all x there are. */
function aligned(lines: readonly Line[]): uPlot.AlignedData {
  const tables = lines.map(({ points }): uPlot.AlignedData => {
    const shown = downSample(points, MOST_POINTS);
    return [shown.map(({ x }) => x), shown.map(({ y }) => y)];
  });
  return tables.length > 1 ? uPlot.join(tables) : (tables[0] ?? [[], []]);
}

/** Draws into `place`. @returns the chart, to be updated and destroyed */
export function drawChart(place: HTMLElement, lines: readonly Line[], look: ChartLook): uPlot {
  const style = getComputedStyle(place);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--ink'),
    grid: { stroke: colour('--edge'), width: 1 },
    ticks: { stroke: colour('--edge') },
  };
  const series = lines.map(({ label }, at) => ({
    label,
    stroke: colour(`--series-${(at % 7) + 1}`),
    width: 2,
    dash: [...(DASHES[at % DASHES.length] ?? [])],
    spanGaps: true,
    points: { show: (lines[at]?.points.length ?? 0) < 3 },
  }));
  return new uPlot(
    {
      width: Math.max(place.clientWidth, 200),
      height: HEIGHT,
      scales: { x: { time: false }, y: look.logarithmic ? { distr: 3 } : {} },
      axes: [
        { ...axis, label: look.xLabel, labelSize: 24 },
        { ...axis, size: 64 },
      ],
      legend: { show: false },
      cursor: look.cursorKey ? { sync: { key: look.cursorKey } } : {},
      series: [{ label: look.xLabel }, ...series],
    },
    aligned(lines),
    place,
  );
}

export const updateChart = (chart: uPlot, lines: readonly Line[]): void => chart.setData(aligned(lines));
