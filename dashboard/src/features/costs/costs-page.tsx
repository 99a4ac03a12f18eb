/** What runs have cost by the ledger of their attempts, and what is used of what may be used. */
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { Command } from '../../components/command.tsx';
import { Figure } from '../../components/figure.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { Panel, Wide } from '../../components/panel.tsx';
import { read } from '../../lib/api.ts';
import { pick, pointer } from '../../lib/record-source.ts';

const source = (at: string) => ({ of: '/v1/quotas', at });

function Limit({
  value,
  unit = '',
  at,
}: {
  readonly value: number | null;
  readonly unit?: string;
  readonly at: string;
}) {
  if (value === null) return <span className="faint">not limited</span>;
  return <Figure value={value} unit={unit} source={source(at)} />;
}

const cost = (...at: readonly string[]) => ({ of: '/v1/costs?by=run', at: pointer(...at) });

function Ledger() {
  const query = useQuery({ queryKey: ['costs'], queryFn: () => read('/v1/costs', {}, { by: 'run' }) });
  return (
    <Loaded query={query} what="costs">
      {({ items, total }) => (
        <Wide label="Costs of runs">
          <table>
            <thead>
              <tr>
                <th>Run</th>
                <th className="number">Cost</th>
                <th className="number">Machine hours</th>
                <th className="number">Attempts</th>
              </tr>
            </thead>
            <tbody>
              {items.map(({ key, name, usd, machineHours, attempts }) => {
                const item = (field: string) => cost('items', pick('key', key), field);
                return (
                  <tr key={key}>
                    <th scope="row">
                      <Link href={`/runs/${key}`} data-term="">
                        {name}
                      </Link>
                    </th>
                    <td className="number">
                      <Figure value={usd} unit="USD" source={item('usd')} />
                    </td>
                    <td className="number">
                      <Figure value={machineHours} source={item('machineHours')} />
                    </td>
                    <td className="number">
                      <Figure value={attempts} source={item('attempts')} />
                    </td>
                  </tr>
                );
              })}
              <tr>
                <th scope="row">All of them</th>
                <td className="number">
                  <Figure value={total.usd} unit="USD" source={cost('total', 'usd')} />
                </td>
                <td className="number">
                  <Figure value={total.machineHours} source={cost('total', 'machineHours')} />
                </td>
                <td className="number">
                  <Figure value={total.attempts} source={cost('total', 'attempts')} />
                </td>
              </tr>
            </tbody>
          </table>
        </Wide>
      )}
    </Loaded>
  );
}

export default function CostsPage() {
  const query = useQuery({ queryKey: ['quotas'], queryFn: () => read('/v1/quotas') });
  return (
    <Page title="Costs" lead="What runs have cost, and what is used of what may be used.">
      <Panel title="Spent">
        <Ledger />
      </Panel>
      <Panel title="Used">
        <Loaded query={query} what="usage">
          {({ used, limits }) => (
            <dl className="facts">
              <dt>Runs at the same time</dt>
              <dd>
                <Figure value={used.concurrentRuns} source={source('/used/concurrentRuns')} />; at most{' '}
                <Limit value={limits.concurrentRuns} at="/limits/concurrentRuns" />
              </dd>
              <dt>GPU hours this month, of ended jobs</dt>
              <dd>
                <Figure value={used.gpuHoursThisMonth} source={source('/used/gpuHoursThisMonth')} />; at most{' '}
                <Limit value={limits.gpuHoursPerMonth} at="/limits/gpuHoursPerMonth" />
              </dd>
              <dt>Stored files</dt>
              <dd>
                <Figure value={used.storedBytes} unit="bytes" source={source('/used/storedBytes')} />; at most{' '}
                <Limit value={limits.storedBytes} unit="bytes" at="/limits/storedBytes" />
              </dd>
            </dl>
          )}
        </Loaded>
      </Panel>
      <Panel title="Prices">
        <p>
          What a stage costs while nothing runs, and what its machines cost an hour, is worked out from a list
          of prices with its date and source:
        </p>
        <Command text="npx forge infra cost" />
      </Panel>
    </Page>
  );
}
