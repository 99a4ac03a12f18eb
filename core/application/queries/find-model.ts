/** A model by id, by name (newest version), or by `name@version` and `name@latest`. */
import { ForgeError } from '../../domain/errors.ts';
import { isUlid } from '../../domain/ids.ts';
import type { Model } from '../../domain/model.ts';
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

export async function findModel(
  ports: Pick<ReadPorts, 'models'>,
  principal: Principal,
  reference: string,
): Promise<Model> {
  const [name = '', tag] = reference.split('@');
  const model = isUlid(reference)
    ? await ports.models.get(principal.tenant, reference)
    : await ports.models.byName(principal.tenant, name, versionOf(tag, reference));
  if (model) return model;
  throw new ForgeError('not_found', `There is no model "${reference}".`, {
    hint: 'List them with `forge models list`.',
  });
}
