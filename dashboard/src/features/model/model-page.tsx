/** One model: what it is, where it came from, what each phase changed, and how to take it along. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'wouter';
import { Command } from '../../components/command.tsx';
import { Figure, Quoted, Term } from '../../components/figure.tsx';
import { Empty, Loaded } from '../../components/loaded.tsx';
import { Page } from '../../components/page.tsx';
import { Panel, Wide } from '../../components/panel.tsx';
import { Status } from '../../components/status.tsx';
import { read } from '../../lib/api.ts';
import type { Model } from '../../lib/api-types.ts';
import { formatValue } from '../../lib/format.ts';
import { modelQuery } from '../../lib/queries.ts';
import { pick, pointer } from '../../lib/record-source.ts';
import { LineageGraph } from './lineage-graph.tsx';

interface Of {
  readonly model: Model;
}

function Properties({ model }: Of) {
  const source = (...at: readonly string[]) => ({ of: `/v1/models/${model.id}`, at: pointer(...at) });
  return (
    <Panel title="What it is">
      <dl className="facts">
        {Object.entries(model.architecture).map(([name, value]) => (
          <div key={name} className="contents">
            <dt>{name}</dt>
            <dd>
              {typeof value === 'number' ? (
                <Figure
                  value={value}
                  unit={name === 'bytes' ? 'bytes' : ''}
                  source={source('architecture', name)}
                />
              ) : (
                <Term>{formatValue(value)}</Term>
              )}
            </dd>
          </div>
        ))}
        <dt>Licence</dt>
        <dd>{model.licence ? <Quoted text={model.licence} source={source('licence')} /> : 'not said'}</dd>
        <dt>Weights</dt>
        <dd>
          <code>
            <Quoted text={model.properties.weightsHash} source={source('properties', 'weightsHash')} />
          </code>
        </dd>
        {model.runId && (
          <>
            <dt>Made by</dt>
            <dd>
              <Link href={`/runs/${model.runId}`}>its run</Link>
            </dd>
          </>
        )}
      </dl>
    </Panel>
  );
}

interface Change {
  readonly from?: unknown;
  readonly to?: unknown;
}

/** One value of a change as its record has it. */
function Side({
  model,
  at,
  change,
  side,
}: Of & {
  readonly at: readonly (string | number)[];
  readonly change: Change;
  readonly side: 'from' | 'to';
}) {
  const value = change[side];
  if (value === undefined || value === null) return <span className="faint">none</span>;
  const source = { of: `/v1/models/${model.id}`, at: pointer(...at, side) };
  if (typeof value === 'number') return <Figure value={value} source={source} />;
  return <Quoted text={formatValue(value)} raw={value} source={source} />;
}

function Differences({ model }: Of) {
  const steps = model.lifecycle.map(({ phase, difference }, step) => ({
    phase,
    step,
    rows: Object.entries(difference),
  }));
  if (steps.every(({ rows }) => rows.length === 0))
    return (
      <Empty
        why="No phase has changed what is recorded of it."
        command={`npx forge models get ${model.id}`}
      />
    );
  return steps.map(({ phase, step, rows }) => (
    <section key={`${phase} ${step}`}>
      <h3 data-term="">{phase}</h3>
      <Wide label={`Changes by ${phase}, step ${step}`}>
        <table>
          <thead>
            <tr>
              <th>Property</th>
              <th>Before</th>
              <th>After</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, change]) => {
              const at = ['lifecycle', step, 'difference', name];
              return (
                <tr key={name}>
                  <th scope="row" data-term="">
                    {name}
                  </th>
                  <td>
                    <Side model={model} at={at} change={change} side="from" />
                  </td>
                  <td>
                    <Side model={model} at={at} change={change} side="to" />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Wide>
    </section>
  ));
}

const FORMS = ['hf', 'safetensors', 'gguf', 'onnx'] as const;

function Files({ model }: Of) {
  const source = (path: string, field: string) => ({
    of: `/v1/models/${model.id}`,
    at: pointer('files', pick('path', path), field),
  });
  return (
    <Panel title="Files">
      <dl className="facts">
        {model.files.map(({ path, bytes, sha256 }) => (
          <div key={path} className="contents">
            <dt data-term="">{path}</dt>
            <dd>
              <Figure value={bytes} unit="bytes" source={source(path, 'bytes')} />{' '}
              <code>
                <Quoted text={sha256} source={source(path, 'sha256')} />
              </code>
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

function Exports({ model }: Of) {
  return (
    <Panel title="Exports">
      <p>Each form is written and checked by a command; what a form cannot carry it names.</p>
      {FORMS.map((form) => (
        <Command
          key={form}
          text={`npx forge models export ${model.name}@${model.version} --to ${form} --out ${model.name}-${form}`}
          label={`export to ${form}`}
        />
      ))}
    </Panel>
  );
}

function Shown({ model }: Of) {
  const lineage = useQuery({
    queryKey: ['lineage', model.id],
    queryFn: () => read('/v1/models/{reference}/lineage', { reference: model.id }),
  });
  return (
    <Page
      title={`Model ${model.name}`}
      heading={<Term>{`${model.name}@${model.version}`}</Term>}
      lead={
        <span className="row">
          <Status word={model.status} /> <Term>{model.role}</Term>{' '}
          <Term>{(model.aliases ?? []).join(', ')}</Term>
        </span>
      }
    >
      <div className="columns">
        <Properties model={model} />
        <Files model={model} />
      </div>
      <Panel title="Lineage">
        <Loaded query={lineage} what="lineage">
          {(graph) => <LineageGraph lineage={graph} />}
        </Loaded>
      </Panel>
      <Panel title="What each phase changed">
        <Differences model={model} />
      </Panel>
      <Exports model={model} />
    </Page>
  );
}

export default function ModelPage() {
  const { reference = '' } = useParams<{ reference: string }>();
  const query = useQuery(modelQuery(decodeURIComponent(reference)));
  return (
    <Loaded query={query} what="model">
      {(model) => <Shown model={model} />}
    </Loaded>
  );
}
