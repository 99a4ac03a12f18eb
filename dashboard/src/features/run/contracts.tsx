/** What was checked where one phase hands over to the next. */
import { Quoted, Term } from '../../components/figure.tsx';
import { Empty } from '../../components/loaded.tsx';
import { Panel, Wide } from '../../components/panel.tsx';
import { Status } from '../../components/status.tsx';
import type { PhaseRecord, Run } from '../../lib/api-types.ts';
import { pick, pointer } from '../../lib/record-source.ts';

type Checked = NonNullable<PhaseRecord['contracts']>[number];

interface ContractProps {
  readonly run: string;
  readonly phase: string;
  readonly checked: Checked;
  readonly at: number;
}

function Contract({ run, phase, checked, at }: ContractProps) {
  const source = (rule: number, field: string) => ({
    of: `/v1/runs/${run}`,
    at: pointer('phases', pick('slug', phase), 'contracts', at, 'rules', rule, field),
  });
  return (
    <Panel title={<Term>{checked.contract}</Term>}>
      <Wide label={`Rules of ${checked.contract}`}>
        <table>
          <thead>
            <tr>
              <th>Rule</th>
              <th>Of</th>
              <th>Expected</th>
              <th>Found</th>
              <th>Verdict</th>
            </tr>
          </thead>
          <tbody>
            {checked.rules.map(({ name, subject, expected, got, verdict }, rule) => (
              <tr key={`${name} ${subject}`}>
                <th scope="row" data-term="">
                  {name}
                </th>
                <td>{subject === 'each' ? 'each model' : 'the models'}</td>
                <td>
                  <Quoted text={expected} source={source(rule, 'expected')} />
                </td>
                <td>
                  <Quoted text={got} source={source(rule, 'got')} />
                </td>
                <td>
                  <Status word={verdict} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </Panel>
  );
}

export default function Contracts({ run }: { readonly run: Run }) {
  const checked = run.phases.flatMap(({ slug, contracts = [] }) =>
    contracts.map((each, at) => ({ slug, each, at })),
  );
  if (checked.length === 0)
    return <Empty why="Nothing has been handed over yet." command={`npx forge runs topology ${run.id}`} />;
  return checked.map(({ slug, each, at }) => (
    <Contract key={`${slug} ${each.contract}`} run={run.id} phase={slug} checked={each} at={at} />
  ));
}
