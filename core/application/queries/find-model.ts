/** A model by id, by name (its newest active version), or by `name@version` and `name@latest`. */
import { ForgeError } from '../../domain/errors.ts';
import { isUlid } from '../../domain/ids.ts';
import { type Model, modelReference } from '../../domain/model.ts';
import type { Principal } from '../../domain/principal.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';

function versionOf(tag: string | undefined, reference: string): number | null {
  if (tag === undefined || tag === 'latest') return null;
  if (/^[1-9]\d{0,8}$/.test(tag)) return Number(tag);
  throw new ForgeError('validation', `"${reference}" names no version: after @ stands "${tag}".`, {
    code: 'invalid_reference',
    hint: 'Write name@latest or name@3.',
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
  const [name = '', tag] = reference.split('@');
  return models.byName(tenant, name, versionOf(tag, reference));
}

/** What to do about a model that is there but not to be had under this reference. */
function hintFor(model: Model | null): string {
  if (!model) return 'List them with `forge models list`.';
  const reference = modelReference(model);
  if (!model.tombstone) return `${reference} is ${model.status}; name it with its version.`;
  if (model.tombstone.purgedAt !== null) return `${reference} was deleted and its files are gone.`;
  return `${reference} was deleted; until ${model.tombstone.purgeAfter} \`forge models restore ${reference} --reason WHY\` brings it back.`;
}

function noSuchModel(reference: string, found: Model | null): ForgeError {
  return new ForgeError('not_found', `There is no model "${reference}".`, { hint: hintFor(found) });
}

export async function findModel(ports: ModelPorts, principal: Principal, reference: string): Promise<Model> {
  const [name = '', tag] = reference.split('@');
  const wantsLatest = !isUlid(reference) && versionOf(tag, reference) === null;
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
