/** Metric records of a phase as tables and bars; what was not measured is said to be so. */
import { Figure } from '../../components/figure.tsx';
import { Wide } from '../../components/panel.tsx';
import type { MetricRecord } from '../../lib/api-types.ts';
import { metricSource } from '../../lib/record-source.ts';

export interface Measured {
  readonly run: string;
  readonly metrics: readonly MetricRecord[];
}

/** The last record of that name: what a later round measured counts. */
export const recordOf = (metrics: readonly MetricRecord[], name: string): MetricRecord | undefined =>
  metrics.findLast((record) => record.name === name);

/** Names of models and variants that some measure was taken of, in the order of their records. */
export const subjectsOf = (metrics: readonly MetricRecord[], measure: string): readonly string[] => [
  ...new Set(
    metrics
      .filter(({ name }) => name.endsWith(`/${measure}`))
      .map(({ name }) => name.slice(0, -measure.length - 1)),
  ),
];

export function RecordFigure({
  run,
  record,
}: {
  readonly run: string;
  readonly record: MetricRecord | undefined;
}) {
  if (!record) return <span className="faint">not measured</span>;
  return <Figure value={record.value} unit={record.unit} source={metricSource(run, record.id)} />;
}

export interface MeasureTableProps extends Measured {
  readonly label: string;
  readonly columns: readonly string[];
  /** Names of the records in the order of the columns. */
  readonly rows: readonly { readonly label: string; readonly names: readonly string[] }[];
}

export function MeasureTable({ run, metrics, label, columns, rows }: MeasureTableProps) {
  return (
    <Wide label={label}>
      <table>
        <thead>
          <tr>
            <th>{label}</th>
            {columns.map((column) => (
              <th key={column} className="number" data-term="">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.label}>
              <th scope="row" data-term="">
                {row.label}
              </th>
              {row.names.map((name) => (
                <td key={name} className="number">
                  <RecordFigure run={run} record={recordOf(metrics, name)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

export interface BarRow {
  readonly label: string;
  /** Of its record. */
  readonly name: string;
}

const percent = (share: number): string => `${(100 * share).toFixed(2)}%`;

/** Bars from nothing to the largest value; the figure stands beside each. */
export function Bars({ run, metrics, rows }: Measured & { readonly rows: readonly BarRow[] }) {
  const found = rows.map(({ label, name }) => ({ label, record: recordOf(metrics, name) }));
  const most = Math.max(1e-12, ...found.map(({ record }) => Math.abs(record?.value ?? 0)));
  return (
    <dl className="bars">
      {found.map(({ label, record }) => (
        <BarLine key={label} label={label} run={run} record={record}>
          <span style={{ left: 0, width: percent(Math.abs(record?.value ?? 0) / most) }} />
        </BarLine>
      ))}
    </dl>
  );
}

interface BarLineProps {
  readonly label: string;
  readonly run: string;
  readonly record: MetricRecord | undefined;
  readonly children: React.ReactNode;
}

function BarLine({ label, run, record, children }: BarLineProps) {
  return (
    <>
      <dt data-term="">{label}</dt>
      <dd aria-hidden="true">
        <span className="bar">{children}</span>
      </dd>
      <dd>
        <RecordFigure run={run} record={record} />
      </dd>
    </>
  );
}

/** Means with their intervals on one axis with its nought; `name_low` and `name_high` are the ends. */
export function Intervals({ run, metrics, rows }: Measured & { readonly rows: readonly BarRow[] }) {
  const found = rows.map(({ label, name }) => ({
    label,
    mean: recordOf(metrics, name),
    low: recordOf(metrics, `${name}_low`),
    high: recordOf(metrics, `${name}_high`),
  }));
  const values = found
    .flatMap(({ mean, low, high }) => [mean, low, high])
    .map((record) => record?.value ?? 0);
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
  const place = (value: number) => (value - least) / Math.max(1e-12, most - least);
  return (
    <>
      <dl className="bars">
        {found.map(({ label, mean, low, high }) => (
          <BarLine key={label} label={label} run={run} record={mean}>
            {low && high && (
              <span
                style={{
                  left: percent(place(low.value)),
                  width: percent(place(high.value) - place(low.value)),
                }}
              />
            )}
            <span className="zero" style={{ left: percent(place(0)) }} />
            {mean && <span className="mean" style={{ left: percent(place(mean.value)) }} />}
          </BarLine>
        ))}
      </dl>
      <MeasureTable
        {...{ run, metrics }}
        label="Interval"
        columns={['at least', 'mean', 'at most']}
        rows={rows.map(({ label, name }) => ({ label, names: [`${name}_low`, name, `${name}_high`] }))}
      />
    </>
  );
}
