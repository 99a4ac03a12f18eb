/** The ancestors of a model as a tree of links, and as a table with the weights. */
import { Link } from 'wouter';
import { Figure, Term } from '../../components/figure.tsx';
import { Wide } from '../../components/panel.tsx';
import { Status } from '../../components/status.tsx';
import type { Lineage } from '../../lib/api-types.ts';
import { placeLineage } from './place-lineage.ts';

const CELL = { width: 190, height: 84 };
const BOX = { width: 170, height: 44 };
/** A graph beyond this is told by its table alone. */
const MOST_DRAWN = 200;

function Drawing({ lineage }: { readonly lineage: Lineage }) {
  const placed = placeLineage(lineage);
  const at = new Map(placed.map((each) => [each.node.id, each]));
  const columns = Math.max(...placed.map(({ column }) => column)) + 1;
  const rows = Math.max(...placed.map(({ row }) => row)) + 1;
  return (
    <div className="graph" style={{ width: columns * CELL.width, height: rows * CELL.height }}>
      <svg width="100%" height="100%" aria-hidden="true">
        {lineage.edges.map(({ parent, child }) => {
          const [from, to] = [at.get(parent), at.get(child)];
          if (!from || !to) return null;
          return (
            <line
              key={`${parent} ${child}`}
              x1={from.column * CELL.width + BOX.width / 2}
              y1={from.row * CELL.height + BOX.height}
              x2={to.column * CELL.width + BOX.width / 2}
              y2={to.row * CELL.height}
            />
          );
        })}
      </svg>
      {placed.map(({ node, column, row }) => (
        <Link
          key={node.id}
          href={`/models/${node.id}`}
          data-term=""
          aria-current={node.id === lineage.model ? 'true' : undefined}
          style={{ left: column * CELL.width, top: row * CELL.height, width: BOX.width, height: BOX.height }}
        >
          {`${node.name}@${node.version}`}
        </Link>
      ))}
    </div>
  );
}

export function LineageGraph({ lineage }: { readonly lineage: Lineage }) {
  const named = new Map(lineage.nodes.map((node) => [node.id, node]));
  const source = (index: number) => ({
    of: `/v1/models/${lineage.model}/lineage`,
    at: `/edges/${index}/weight`,
  });
  return (
    <>
      {lineage.nodes.length <= MOST_DRAWN && (
        <Wide label="Lineage drawn">
          <Drawing lineage={lineage} />
        </Wide>
      )}
      <Wide label="Parents and children">
        <table>
          <thead>
            <tr>
              <th>Child</th>
              <th>Relation</th>
              <th>Parent</th>
              <th className="number">Weight</th>
              <th>State of the parent</th>
            </tr>
          </thead>
          <tbody>
            {lineage.edges.map(({ parent, child, relation, weight }, index) => (
              <tr key={`${parent} ${child}`}>
                <th scope="row">
                  <Term>{named.get(child)?.name}</Term>
                </th>
                <td>{relation}</td>
                <td>
                  <Term>{named.get(parent)?.name}</Term>
                </td>
                <td className="number">
                  <Figure value={weight} source={source(index)} />
                </td>
                <td>
                  <Status word={named.get(parent)?.status ?? 'unknown'} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </>
  );
}
