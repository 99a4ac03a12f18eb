/** The models that go into a phase of a run, with the base that they have in common where the phase wants it. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { ForgeError } from '../../domain/errors.ts';
import type { Model } from '../../domain/model.ts';
import type { Principal } from '../../domain/principal.ts';
import { modelsInto, phaseBefore, type Run } from '../../domain/run.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { findBase } from './find-base.ts';

export interface InputModels {
  /** What the contract is about, in the order of the run. */
  readonly models: readonly Model[];
  /** What they were continued from; null where the phase wants none. */
  readonly base: Model | null;
}

export async function findInputModels(
  ports: Pick<ReadPorts, 'models'>,
  principal: Principal,
  run: Run,
  phase: PhaseSlug,
): Promise<InputModels> {
  const ids = modelsInto(run, phase);
  const found = await Promise.all(ids.map((id) => ports.models.get(principal.tenant, id)));
  const models = found.map((model, position) => {
    if (model) return model;
    throw new ForgeError(
      'not_found',
      `Model ${ids[position]} went into phase ${phase} but is not in the registry.`,
    );
  });
  const base = await findBase(ports, principal, { from: phaseBefore(run, phase), to: phase }, models);
  return { models, base };
}

/** As jobs are handed them: the models, then the base. */
export function handedOver({ models, base }: InputModels): readonly Model[] {
  return base ? [...models.filter(({ id }) => id !== base.id), base] : models;
}
