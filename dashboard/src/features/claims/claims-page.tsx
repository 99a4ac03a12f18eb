/** The claims ledger: what was claimed, what experiments found, and the record that each answer is read from. */
import { useQuery } from '@tanstack/react-query';
import { Command } from '../../components/command.tsx';
import { Figure, Quoted, Term } from '../../components/figure.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { Status } from '../../components/status.tsx';
import { read } from '../../lib/api.ts';
import type { Claim } from '../../lib/api-types.ts';
import { pick, pointer, type RecordSource } from '../../lib/record-source.ts';

const claimSource = (id: string, ...rest: readonly (string | number)[]): RecordSource => ({
  of: '/v1/claims',
  at: pointer('items', pick('id', id), ...rest),
});

type Reading = Claim['readings'][number];
type Answered = Extract<Reading, { readonly mean: number }>;
const isAnswered = (reading: Reading): reading is Answered => 'mean' in reading;

function Answer({
  claim,
  reading,
  index,
}: {
  readonly claim: string;
  readonly reading: Answered;
  readonly index: number;
}) {
  const source = (field: string) => claimSource(claim, 'readings', index, field);
  return (
    <p>
      Found <Figure value={reading.mean} source={source('mean')} />, between{' '}
      <Figure value={reading.low} source={source('low')} /> and{' '}
      <Figure value={reading.high} source={source('high')} /> (level{' '}
      <Figure value={reading.level} source={source('level')} />
      ); asked for {reading.op} <Figure value={reading.bound} source={source('bound')} />.
    </p>
  );
}

function ClaimReading({ claim, index }: { readonly claim: Claim; readonly index: number }) {
  const reading = claim.readings[index];
  if (!reading) return null;
  return (
    <li>
      <Quoted text={reading.text} source={claimSource(claim.id, 'readings', index, 'text')} />:{' '}
      <Status word={reading.verdict} />
      {isAnswered(reading) ? (
        <Answer claim={claim.id} reading={reading} index={index} />
      ) : (
        <p>
          What it would take:{' '}
          <Quoted text={reading.missing} source={claimSource(claim.id, 'readings', index, 'missing')} />
        </p>
      )}
    </li>
  );
}

function OneClaim({ claim }: { readonly claim: Claim }) {
  return (
    <Panel title={<Term>{claim.id}</Term>}>
      <p>
        <Quoted text={claim.claim} source={claimSource(claim.id, 'claim')} />
      </p>
      <p>
        Verdict: <Status word={claim.verdict} />
      </p>
      <ol>
        {claim.readings.map((reading, index) => (
          <ClaimReading key={reading.text} claim={claim} index={index} />
        ))}
      </ol>
      {claim.records.map((record) => (
        <Command
          key={record.sha256}
          text={record.reproduce}
          label={`the command that makes ${record.experiment} again`}
        />
      ))}
    </Panel>
  );
}

export default function ClaimsPage() {
  const query = useQuery({ queryKey: ['claims'], queryFn: () => read('/v1/claims') });
  return (
    <Page
      title="Claims"
      lead="What was claimed before it could be measured, and what experiments found. A claim that fails stays here."
    >
      <Loaded query={query} what="claims">
        {({ items }) => (
          <>
            {items.map((claim) => (
              <OneClaim key={claim.id} claim={claim} />
            ))}
          </>
        )}
      </Loaded>
    </Page>
  );
}
