/** The base that models have in common: a registered model whose weights have the hash that they name as theirs. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { contractError } from '../../domain/contract.ts';
import type { ForgeError } from '../../domain/errors.ts';
import { handOverName } from '../../domain/hand-over.ts';
import type { Model } from '../../domain/model.ts';
import { phaseDefinition } from '../../domain/phase.ts';
import type { Principal } from '../../domain/principal.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { everyModel } from './list-everything.ts';

/**
 * Null where the phase wants no base, and where the models name none or several: rules of the contract say that.
 *
 * Throws `contract` when they name one that the registry does not have: without it there are no task vectors.
 */
export async function findBase(
  ports: Pick<ReadPorts, 'models'>,
  principal: Principal,
  { from, to }: { readonly from: PhaseSlug | null; readonly to: PhaseSlug },
  models: readonly Model[],
): Promise<Model | null> {
  const hashes = new Set(models.map(({ properties }) => properties.baseHash));
  const [hash] = hashes;
  if (!phaseDefinition(to).input.base || hashes.size !== 1 || !hash) return null;
  const found =
    (await amongParents(ports, principal, models, hash)) ??
    (await everyModel(ports, principal.tenant, {})).find((model) => isBase(model, hash));
  if (!found) throw baseMissing(handOverName(from, to), hash);
  // Whatever it is in the registry, to these models it is the base.
  return { ...found, role: 'base' };
}

function isBase({ status, properties }: Model, hash: string): boolean {
  return status === 'active' && properties.weightsHash === hash;
}

/** Nearly always it is a parent of each, which saves going through the registry. */
async function amongParents(
  ports: Pick<ReadPorts, 'models'>,
  { tenant }: Principal,
  models: readonly Model[],
  hash: string,
): Promise<Model | null> {
  for (const id of new Set(models.flatMap(({ parents }) => parents.map(({ modelId }) => modelId)))) {
    const parent = await ports.models.get(tenant, id);
    if (parent && isBase(parent, hash)) return parent;
  }
  return null;
}

function baseMissing(contract: string, hash: string): ForgeError {
  const message =
    `the models were continued from weights ${hash.slice(0, 12)}…, and no active model of the registry has them. ` +
    'Task vectors are taken from the common base: register it with forge models import, or restore it.';
  return contractError([{ rule: `${contract}.base-registered`, message }], '/input/models');
}
