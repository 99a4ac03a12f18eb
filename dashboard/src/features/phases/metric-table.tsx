import { useState } from 'react';
import { Figure } from '../../components/figure.tsx';
import { Empty } from '../../components/loaded.tsx';
import { Wide } from '../../components/panel.tsx';
import type { MetricRecord } from '../../lib/api-types.ts';
import { metricSource } from '../../lib/record-source.ts';

const FIRST = 100;

export interface MetricTableProps {
  readonly run: string;
  readonly records: readonly MetricRecord[];
}

/** Every record of a phase, found by a part of its name; a hundred at first. */
export function MetricTable({ run, records }: MetricTableProps) {
  const [part, setPart] = useState('');
  const [all, showAll] = useState(false);
  if (records.length === 0)
    return (
      <Empty why="This phase has written no metric record yet." command={`npx forge runs logs ${run}`} />
    );
  const found = records.filter(({ name }) => name.includes(part));
  return (
    <>
      <label className="row">
        Name contains <input value={part} onChange={({ target }) => setPart(target.value)} />
      </label>
      <Wide label="Metric records">
        <table>
          <thead>
            <tr>
              <th>Name</th>
              <th className="number">Value</th>
              <th>Measured by</th>
            </tr>
          </thead>
          <tbody>
            {(all ? found : found.slice(0, FIRST)).map((record) => (
              <tr key={record.id}>
                <th scope="row" data-term="">
                  {record.name}
                </th>
                <td className="number">
                  <Figure value={record.value} unit={record.unit} source={metricSource(run, record.id)} />
                </td>
                <td data-term="">
                  <code>{record.source}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      {!all && found.length > FIRST && (
        <button type="button" onClick={() => showAll(true)}>
          Show all of them
        </button>
      )}
    </>
  );
}
