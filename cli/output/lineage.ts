/** A model's lineage as a tree, and as the two graph languages that other tools draw. */
import type { Lineage, LineageNode } from '../client/records.ts';
import { formatNumber } from './figures.ts';

const labelOf = (node: LineageNode): string => `${node.name}@${node.version}`;

function describe(node: LineageNode): string {
  const facts = [node.role, node.phase, node.status === 'active' ? null : node.status].filter(Boolean);
  return `${labelOf(node)} (${facts.join(', ')}) ${node.id}`;
}

/** The share of a merge; of a sole parent there is nothing to say. */
function weighted(relation: string, weight: number): string {
  return weight === 1 ? relation : `${relation} × ${formatNumber(weight)}`;
}

type Neighbours = (id: string) => readonly { readonly id: string; readonly relation: string }[];

/** A model that stands in several places is written out once. */
function branches(
  lineage: Lineage,
  id: string,
  of: Neighbours,
  prefix: string,
  seen: Set<string>,
): readonly string[] {
  const next = of(id);
  return next.flatMap((link, position) => {
    const last = position === next.length - 1;
    const node = lineage.nodes.find((each) => each.id === link.id);
    const again = seen.has(link.id);
    seen.add(link.id);
    const text = node ? describe(node) : link.id;
    const line = `${prefix}${last ? '└─' : '├─'} ${link.relation} ${text}${again ? ' (see above)' : ''}`;
    return [line, ...(again ? [] : branches(lineage, link.id, of, `${prefix}${last ? '   ' : '│  '}`, seen))];
  });
}

/** The model, its ancestors below it, and what was made of it. */
export function lineageTree(lineage: Lineage): string {
  const parents: Neighbours = (id) =>
    lineage.edges
      .filter((edge) => edge.child === id)
      .map(({ parent, relation, weight }) => ({
        id: parent,
        relation: weighted(relation, weight),
      }));
  const children: Neighbours = (id) =>
    id === lineage.model
      ? lineage.edges
          .filter((edge) => edge.parent === id)
          .map(({ child, relation, weight }) => ({ id: child, relation: weighted(relation, weight) }))
      : [];
  const self = lineage.nodes.find((node) => node.id === lineage.model);
  const below = branches(lineage, lineage.model, children, '', new Set());
  return [
    self ? describe(self) : lineage.model,
    ...branches(lineage, lineage.model, parents, '', new Set([lineage.model])),
    ...(below.length > 0 ? ['', 'children:', ...below] : []),
  ].join('\n');
}

/** Names have no quotes, but the records come from a server: nothing may break out of a label. */
const quoted = (text: string): string => `"${text.replace(/["\\\r\n]/g, '_')}"`;

/** Graphviz. */
export function lineageDot({ nodes, edges, model }: Lineage): string {
  return [
    'digraph lineage {',
    '  rankdir=LR;',
    '  node [shape=box];',
    ...nodes.map((node) => {
      const bold = node.id === model ? ', style=bold' : '';
      return `  ${quoted(node.id)} [label=${quoted(`${labelOf(node)} ${node.role}`)}${bold}];`;
    }),
    ...edges.map(
      (edge) =>
        `  ${quoted(edge.parent)} -> ${quoted(edge.child)} [label=${quoted(`${edge.relation} ${formatNumber(edge.weight)}`)}];`,
    ),
    '}',
  ].join('\n');
}

export function lineageMermaid({ nodes, edges }: Lineage): string {
  return [
    'graph LR',
    ...nodes.map((node) => `  ${node.id}[${quoted(`${labelOf(node)} ${node.role}`)}]`),
    ...edges.map(
      (edge) => `  ${edge.parent} -->|${quoted(weighted(edge.relation, edge.weight))}| ${edge.child}`,
    ),
  ].join('\n');
}
