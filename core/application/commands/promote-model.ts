/** Points an alias of a name at one version: the model is active, its files verify, and nobody moved the alias meanwhile. */
import type { Model } from '../../domain/model.ts';
import {
  isAlias,
  LATEST,
  type ModelAlias,
  requireActive,
  underAlias,
  withoutAlias,
} from '../../domain/model-alias.ts';
import { type Principal, requireRole } from '../../domain/principal.ts';
import { validationError } from '../../domain/validation-error.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Change } from '../../ports/registry-writer.ts';
import { requireVerified } from '../queries/verify-model.ts';

type PromotePorts = Pick<Ports, 'models' | 'blobs' | 'registry' | 'clock'>;

/**
 * Asking for where an alias points already verifies the model and changes nothing.
 *
 * @param model as the caller saw it; it is changed only if it is still at this version
 * @throws ForgeError `conflict` with code `not_verified` for a model that is not active or whose files are not what was
 * registered; with code `stale_version` or `exists` when the model or the alias changed in the meantime
 */
export async function promoteModel(
  ports: PromotePorts,
  principal: Principal,
  { model, alias }: { readonly model: Model; readonly alias: string },
): Promise<Model> {
  requireRole(principal, 'maintainer');
  requireAlias(alias);
  requireActive(model);
  const { tenant, subject: by } = principal;
  // Before the files are read: who moves the alias while they are, has moved it first.
  const before = await ports.models.alias(tenant, model.name, alias);
  await requireVerified(ports, model);
  if (before?.modelId === model.id) return model;
  const move = { alias, at: ports.clock.now().toISOString(), by };
  const old = before && (await ports.models.get(tenant, before.modelId));
  const promoted = underAlias(model, old?.version ?? null, move);
  const changes = [pointer(model, before, move), changed(promoted)];
  await ports.registry.commit(tenant, old ? [...changes, changed(withoutAlias(old, move))] : changes);
  return promoted;
}

function requireAlias(alias: string): void {
  if (isAlias(alias)) return;
  const message =
    alias === LATEST
      ? '`latest` is always the newest active version and cannot be set'
      : 'expected 1 to 64 of a-z 0-9 . _ -, starting with a letter and ending with a letter or digit';
  throw validationError([{ pointer: '/alias', code: 'invalid_name', message }]);
}

function pointer(
  { tenant, name, id }: Model,
  before: ModelAlias | null,
  { alias, at }: { readonly alias: string; readonly at: string },
): Change {
  const expected = before?.recordVersion ?? null;
  const record: ModelAlias = {
    schemaVersion: 1,
    tenant,
    name,
    alias,
    modelId: id,
    updatedAt: at,
    recordVersion: (expected ?? 0) + 1,
  };
  return { kind: 'alias', alias: record, expected };
}

const changed = (model: Model): Change => ({ kind: 'model', model, expected: model.recordVersion - 1 });
