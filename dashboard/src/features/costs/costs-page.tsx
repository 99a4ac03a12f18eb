/** What is used and what may be: measured by the job queue and the records of files, in no currency. */
import { useQuery } from '@tanstack/react-query';
import { Command } from '../../components/command.tsx';
import { Figure } from '../../components/figure.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { read } from '../../lib/api.ts';

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

export default function CostsPage() {
  const query = useQuery({ queryKey: ['quotas'], queryFn: () => read('/v1/quotas') });
  return (
    <Page title="Costs" lead="What is used of what may be used. No price is put on a run by this release.">
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
