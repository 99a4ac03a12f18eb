/** Aliases of a name, such as `best` or `production`: each points at one version, and is moved as one record. */
import { name } from '#contracts/source/scalars.ts';
import { ForgeError } from './errors.ts';
import type { Ulid } from './ids.ts';
import { type Model, modelReference } from './model.ts';

export interface ModelAlias {
  readonly schemaVersion: 1;
  readonly tenant: string;
  /** Name of the models that it chooses from. */
  readonly name: string;
  readonly alias: string;
  readonly modelId: Ulid;
  readonly updatedAt: string;
  /** Rises with each move. */
  readonly recordVersion: number;
}

/** What is said after the @ for the newest active version: worked out, so nobody can set it. */
export const LATEST = 'latest';

/** Starts with a letter: what starts with a digit is meant as a version. */
export function isAlias(text: string): boolean {
  return text !== LATEST && /^[a-z]/.test(text) && name.safeParse(text).success;
}

/** Raises only what may be relied upon: no status but active will do. */
export function requireActive(model: Model): void {
  if (model.status === 'active') return;
  const reference = modelReference(model);
  const purged = model.tombstone !== undefined && model.tombstone.purgedAt !== null;
  throw new ForgeError(
    'conflict',
    `Model ${reference} is ${model.status}; only an active model is promoted.`,
    {
      code: 'not_verified',
      hint: purged
        ? 'Its files are gone: promote another version, or import it again.'
        : `Bring it back first, which verifies its files: forge models restore ${reference} --reason WHY`,
    },
  );
}

interface Move {
  readonly alias: string;
  readonly at: string;
  readonly by: string;
}

/** The model under one alias more; its life says who moved the alias here, and from which version. */
export function underAlias(model: Model, from: number | null, { alias, at, by }: Move): Model {
  return {
    ...model,
    aliases: [...(model.aliases ?? []), alias].sort(),
    promotions: [...(model.promotions ?? []), { alias, from, at, by }],
    updatedAt: at,
    recordVersion: model.recordVersion + 1,
  };
}

/** The model under one alias less: it went to another version. */
export function withoutAlias(model: Model, { alias, at }: Move): Model {
  return {
    ...model,
    aliases: (model.aliases ?? []).filter((each) => each !== alias),
    updatedAt: at,
    recordVersion: model.recordVersion + 1,
  };
}
