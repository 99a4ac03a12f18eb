/** The files that a run left: sizes and hashes, as the records of its models have them. */
import { useQueries } from '@tanstack/react-query';
import { Link } from 'wouter';
import { Figure, Quoted } from '../../components/figure.tsx';
import { Empty } from '../../components/loaded.tsx';
import { Panel, Wide } from '../../components/panel.tsx';
import { Status } from '../../components/status.tsx';
import type { Model, Run } from '../../lib/api-types.ts';
import { modelQuery } from '../../lib/queries.ts';
import { pick, pointer } from '../../lib/record-source.ts';

function ModelFiles({ model }: { readonly model: Model }) {
  const source = (path: string, field: string) => ({
    of: `/v1/models/${model.id}`,
    at: pointer('files', pick('path', path), field),
  });
  return (
    <Panel title={<Link href={`/models/${model.id}`} data-term="">{`${model.name}@${model.version}`}</Link>}>
      <p>
        <span data-term="">{model.role}</span> of <span data-term="">{model.phase}</span>{' '}
        <Status word={model.status} />
      </p>
      <Wide label={`Files of ${model.name}`}>
        <table>
          <thead>
            <tr>
              <th>File</th>
              <th className="number">Size</th>
              <th data-term="">SHA-256</th>
            </tr>
          </thead>
          <tbody>
            {model.files.map(({ path, bytes, sha256 }) => (
              <tr key={path}>
                <th scope="row" data-term="">
                  {path}
                </th>
                <td className="number">
                  <Figure value={bytes} unit="bytes" source={source(path, 'bytes')} />
                </td>
                <td>
                  <code>
                    <Quoted text={sha256} source={source(path, 'sha256')} />
                  </code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </Panel>
  );
}

export default function Artifacts({ run }: { readonly run: Run }) {
  const ids = [...new Set(run.phases.flatMap(({ outputs }) => outputs))];
  const models = useQueries({ queries: ids.map((id) => modelQuery(id)) });
  if (ids.length === 0)
    return <Empty why="No phase has registered a model yet." command={`npx forge runs get ${run.id}`} />;
  const waiting = models.some(({ isPending }) => isPending);
  return (
    <>
      {waiting && <p role="status">Asking for models …</p>}
      {models.map(({ data }) => data && <ModelFiles key={data.id} model={data} />)}
      <p className="faint">
        Hashes are compared with the bytes each time a run reads a file. Signatures of models do not exist
        yet.
      </p>
    </>
  );
}
