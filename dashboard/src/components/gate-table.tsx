/** Gates with their verdicts, each number with the record that it was read from. */
import type { Gate, GateVerdict } from '../lib/api-types.ts';
import type { RecordSource } from '../lib/record-source.ts';
import { Figure, RunFigure } from './figure.tsx';
import { Wide } from './panel.tsx';
import { Status } from './status.tsx';

export interface GateTableProps {
  readonly run: string;
  readonly gates: readonly GateVerdict[];
  /** Where the bound of a gate stands in its record, where it is a fixed number. */
  readonly boundSource: (index: number) => RecordSource;
}

const metricOf = (bound: Gate['bound']): string => (typeof bound === 'number' ? '' : bound.metric);

export function GateTable({ run, gates, boundSource }: GateTableProps) {
  return (
    <Wide label="Gates">
      <table>
        <thead>
          <tr>
            <th>Metric</th>
            <th className="number">Measured</th>
            <th>Asked</th>
            <th className="number">Bound</th>
            <th>Verdict</th>
          </tr>
        </thead>
        <tbody>
          {gates.map(({ gate, verdict, measured, bound }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: gates have no id, and their order is the record's
            <tr key={index}>
              <th scope="row" data-term="">
                {gate.metric}
              </th>
              <td className="number">
                <RunFigure run={run} figure={measured} />
              </td>
              <td data-term="">
                {gate.op} {metricOf(gate.bound)}
              </td>
              <td className="number">
                {typeof gate.bound === 'number' ? (
                  <Figure value={gate.bound} source={boundSource(index)} />
                ) : (
                  <RunFigure run={run} figure={bound} />
                )}
              </td>
              <td>
                <Status word={verdict} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}
