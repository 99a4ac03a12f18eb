/** The parents that an import names: references become ids, and no model descends from itself. */
import { ForgeError, type Problem } from '../../domain/errors.ts';
import { isUlid, type Ulid } from '../../domain/ids.ts';
import { refuseCycle } from '../../domain/lineage.ts';
import type { Model, ModelParentLink } from '../../domain/model.ts';
import type { Principal } from '../../domain/principal.ts';
import { validationError } from '../../domain/validation-error.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { findModel } from './find-model.ts';

export interface NamedParent {
  /** Id, name, `name@3`, `name@latest` or `name@alias`. */
  readonly model: string;
  readonly relation: ModelParentLink['relation'];
  /** Its share of the child. @default 1 */
  readonly weight?: number | undefined;
}

/** The model that the parents are named for; its version does not exist yet, or is the one that is there already. */
export interface Child {
  readonly id: Ulid;
  readonly name: string;
  readonly version: number;
}

type ParentPorts = Pick<ReadPorts, 'models'>;

/**
 * @throws ForgeError `not_found` for a parent that this tenant does not have, `validation` (duplicate) for one that
 * stands twice, `conflict` (lineage_cycle) for the model itself and for its descendants.
 */
export async function findParents(
  ports: ParentPorts,
  principal: Principal,
  child: Child,
  named: readonly NamedParent[],
): Promise<readonly ModelParentLink[]> {
  const links: ModelParentLink[] = [];
  for (const { model, relation, weight = 1 } of named) {
    const modelId = await idOf(ports, principal, child, model);
    const edge = { parent: modelId, child: child.id, relation, weight };
    refuseCycle(await ports.models.edgesAbove(principal.tenant, modelId), edge);
    links.push({ modelId, relation, weight });
  }
  refuseTwice(links, named);
  return links;
}

/** The name of the model that is being made is no unknown one: it is the model itself. */
async function idOf(
  ports: ParentPorts,
  principal: Principal,
  child: Child,
  reference: string,
): Promise<Ulid> {
  const itself = [`${child.name}@${child.version}`];
  if (child.version === 1) itself.push(child.name, `${child.name}@latest`);
  if (!isUlid(reference) && itself.includes(reference)) return child.id;
  return (await findModel(ports, principal, reference)).id;
}

function refuseTwice(links: readonly ModelParentLink[], named: readonly NamedParent[]): void {
  const ids = links.map(({ modelId }) => modelId);
  const problems = ids.flatMap((id, position): Problem[] => {
    const first = ids.indexOf(id);
    if (first === position) return [];
    const message = `${named[position]?.model} is the parent that ${named[first]?.model} names already`;
    return [{ pointer: `/parents/${position}`, code: 'duplicate', message }];
  });
  if (problems.length > 0) throw validationError(problems);
}

/** A registered model keeps the parents that it has: naming none asks for no change, naming others is refused. */
export function requireSameParents(model: Model, wanted: readonly ModelParentLink[]): void {
  const text = (links: readonly ModelParentLink[]) =>
    links
      .map(({ modelId, relation, weight }) => `${modelId} ${relation} ${weight}`)
      .sort()
      .join('\n');
  if (wanted.length === 0 || text(wanted) === text(model.parents)) return;
  throw new ForgeError(
    'conflict',
    `${model.name}@${model.version} has these files and ${model.parents.length} recorded parents; other ones were named.`,
    {
      code: 'parents_differ',
      hint: `See them with \`forge models lineage ${model.name}@${model.version}\`, or import the files under another name.`,
    },
  );
}
