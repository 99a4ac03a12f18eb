/** A model by id, by name (its newest active version), or by `name@version`, `name@latest` and `name@alias`. */
import { ForgeError } from '../../domain/errors.ts';
import { isUlid } from '../../domain/ids.ts';
import { type Model, modelReference } from '../../domain/model.ts';
import { isAlias, LATEST } from '../../domain/model-alias.ts';
import type { Principal } from '../../domain/principal.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';

/** What stands after the @: a version, null for the newest, or an alias. */
function tagOf(reference: string): number | null | string {
  const tag = reference.split('@')[1];
  if (tag === undefined || tag === LATEST) return null;
  if (/^[1-9]\d{0,8}$/.test(tag)) return Number(tag);
  if (isAlias(tag)) return tag;
  throw new ForgeError('validation', `"${reference}" names no version: after @ stands "${tag}".`, {
    code: 'invalid_reference',
    hint: 'Write name@latest, name@3 or an alias such as name@best.',
  });
}

type ModelPorts = Pick<ReadPorts, 'models'>;

/** Whatever the reference names, deleted or not; a bare name is its newest version of any status. */
async function lookUp(
  { models }: ModelPorts,
  { tenant }: Principal,
  reference: string,
): Promise<Model | null> {
  if (isUlid(reference)) return models.get(tenant, reference);
  const [name = ''] = reference.split('@');
  const tag = tagOf(reference);
  if (typeof tag !== 'string') return models.byName(tenant, name, tag);
  const alias = await models.alias(tenant, name, tag);
  return alias && models.get(tenant, alias.modelId);
}

/** What to do about a model that is there but not to be had under this reference. */
function hintFor(asked: string, model: Model | null): string {
  if (!model && typeof tagOf(asked) === 'string')
    return 'See which versions have an alias with `forge models list`; `forge models promote` gives one.';
  if (!model) return 'List them with `forge models list`.';
  const reference = modelReference(model);
  if (!model.tombstone) return `${reference} is ${model.status}; name it with its version.`;
  if (model.tombstone.purgedAt !== null) return `${reference} was deleted and its files are gone.`;
  return `${reference} was deleted; until ${model.tombstone.purgeAfter} \`forge models restore ${reference} --reason WHY\` brings it back.`;
}

function noSuchModel(reference: string, found: Model | null): ForgeError {
  return new ForgeError('not_found', `There is no model "${reference}".`, {
    hint: hintFor(reference, found),
  });
}

export async function findModel(ports: ModelPorts, principal: Principal, reference: string): Promise<Model> {
  const [name = ''] = reference.split('@');
  const wantsLatest = !isUlid(reference) && tagOf(reference) === null;
  const found = wantsLatest
    ? await ports.models.latest(principal.tenant, name)
    : await lookUp(ports, principal, reference);
  if (found && found.status !== 'deleted') return found;
  throw noSuchModel(reference, await lookUp(ports, principal, reference));
}

/** Like `findModel`, and finds what is deleted or archived too: for restoring it, and for reading its version. */
export async function findAnyModel(
  ports: ModelPorts,
  principal: Principal,
  reference: string,
): Promise<Model> {
  const found = await lookUp(ports, principal, reference);
  if (found) return found;
  throw noSuchModel(reference, null);
}

/** Where a model is to be promoted: what was taken out of use is found too, so that the refusal can say what it is. */
export async function findCandidate(
  ports: ModelPorts,
  principal: Principal,
  reference: string,
): Promise<Model> {
  try {
    return await findModel(ports, principal, reference);
  } catch (error) {
    if (!(error instanceof ForgeError) || error.kind !== 'not_found') throw error;
    return findAnyModel(ports, principal, reference);
  }
}
