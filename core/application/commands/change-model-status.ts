/** Archives, quarantines, deletes and restores a model, under the record version that the caller saw. */
import { ForgeError } from '../../domain/errors.ts';
import { type Model, modelReference } from '../../domain/model.ts';
import { type Decision, moveModel, restoreModel } from '../../domain/model-life.ts';
import { type Principal, requireRole } from '../../domain/principal.ts';
import type { Ports } from '../../ports/ports.ts';
import { dependentProblem, findDependents } from '../queries/find-dependents.ts';
import { requireVerified } from '../queries/verify-model.ts';

export const MODEL_ACTS = ['archive', 'restore', 'quarantine', 'delete'] as const;
export type ModelAct = (typeof MODEL_ACTS)[number];

export interface StatusRequest {
  readonly act: ModelAct;
  /** The model as the caller saw it; it is changed only if it is still at this version. */
  readonly model: Model;
  readonly reason: string;
}

type StatusPorts = Pick<Ports, 'models' | 'runs' | 'blobs' | 'registry' | 'clock'>;

/** Asking for the status that a model has already changes nothing. */
export async function changeModelStatus(
  ports: StatusPorts,
  principal: Principal,
  { act, model, reason }: StatusRequest,
): Promise<Model> {
  requireRole(principal, 'maintainer');
  const decision = { at: ports.clock.now().toISOString(), by: principal.subject, reason };
  const changed = await decide(ports, principal, act, model, decision);
  if (changed === model) return model;
  await ports.registry.commit(principal.tenant, [
    { kind: 'model', model: changed, expected: model.recordVersion },
  ]);
  return changed;
}

async function decide(
  ports: StatusPorts,
  principal: Principal,
  act: ModelAct,
  model: Model,
  decision: Decision,
): Promise<Model> {
  switch (act) {
    case 'archive':
      return moveModel(model, 'archived', decision);
    case 'quarantine':
      return moveModel(model, 'quarantined', decision);
    case 'delete':
      if (model.status !== 'deleted') await refuseDependents(ports, principal, model);
      return moveModel(model, 'deleted', decision);
    case 'restore': {
      const restored = restoreModel(model, decision);
      if (model.status === 'quarantined' || model.status === 'deleted') await requireVerified(ports, model);
      return restored;
    }
  }
}

async function refuseDependents(ports: StatusPorts, principal: Principal, model: Model): Promise<void> {
  const dependents = await findDependents(ports, principal, model);
  if (dependents.length === 0) return;
  throw new ForgeError(
    'conflict',
    `Model ${modelReference(model)} is needed by ${dependents.length} others: ${dependents
      .slice(0, 5)
      .map(({ name }) => name)
      .join(', ')}${dependents.length > 5 ? ', …' : ''}.`,
    {
      code: 'has_dependents',
      problems: dependents.map(dependentProblem),
      hint: 'Delete the models that were made from it and wait for or cancel the runs, or archive it instead.',
    },
  );
}
