/** What may become of a registered model: archived, quarantined, deleted, restored, and in the end purged. */
import { ForgeError } from './errors.ts';
import { type Model, type ModelStatus, modelReference, type StatusChange, type Tombstone } from './model.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** How long a deleted model can be brought back. */
export const TOMBSTONE_DAYS = 7;

const TRANSITIONS: Readonly<Record<ModelStatus, readonly ModelStatus[]>> = {
  active: ['archived', 'quarantined', 'deleted'],
  archived: ['active', 'quarantined', 'deleted'],
  quarantined: ['active', 'deleted'],
  // By restoring only, and only to what it was before.
  deleted: [],
};

export interface Decision {
  readonly at: string;
  readonly by: string;
  readonly reason: string;
}

function changed(model: Model, status: ModelStatus, decision: Decision, tombstone: Tombstone | null): Model {
  const { tombstone: _before, ...rest } = model;
  const change: StatusChange = { status, ...decision };
  return {
    ...rest,
    status,
    statusChanges: [...(model.statusChanges ?? []), change],
    ...(tombstone ? { tombstone } : {}),
    updatedAt: decision.at,
    recordVersion: model.recordVersion + 1,
  };
}

/** Moves a model to another status; asking for the one it has already is no change. */
export function moveModel(model: Model, status: ModelStatus, decision: Decision): Model {
  if (model.status === status) return model;
  if (!TRANSITIONS[model.status].includes(status)) {
    throw new ForgeError(
      'conflict',
      `Model ${modelReference(model)} is ${model.status} and cannot become ${status}.`,
      {
        code: 'illegal_transition',
        hint: `Restore it first: forge models restore ${modelReference(model)} --reason WHY`,
      },
    );
  }
  const { at } = decision;
  const purgeAfter = new Date(Date.parse(at) + TOMBSTONE_DAYS * DAY_MS).toISOString();
  const tombstone = { deletedAt: at, purgeAfter, before: model.status, purgedAt: null };
  return changed(model, status, decision, status === 'deleted' ? tombstone : null);
}

/** Brings back what was archived, quarantined or deleted: a deleted model is again what it was before. */
export function restoreModel(model: Model, decision: Decision): Model {
  const { tombstone } = model;
  if (!tombstone) return moveModel(model, 'active', decision);
  if (tombstone.purgedAt === null) return changed(model, tombstone.before, decision, null);
  throw new ForgeError(
    'conflict',
    `Model ${modelReference(model)} was purged at ${tombstone.purgedAt}: its files are gone.`,
    { code: 'purged', hint: 'Run its run document again, or import the model again.' },
  );
}

export function isExpired({ tombstone }: Model, now: string): boolean {
  return tombstone !== undefined && tombstone.purgedAt === null && tombstone.purgeAfter <= now;
}

/**
 * What stays of a model whose files are given up. The record stays for ever: it holds the version number, which nobody
 * may have again, and it keeps the lineage of its descendants whole.
 */
export function purgeModel(model: Model, at: string): Model {
  if (!model.tombstone) throw new RangeError(`${modelReference(model)} is ${model.status}, not deleted`);
  return {
    ...model,
    files: [],
    tombstone: { ...model.tombstone, purgedAt: at },
    updatedAt: at,
    recordVersion: model.recordVersion + 1,
  };
}
