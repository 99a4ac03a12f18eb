/** Who needs a model: its children that are not deleted, and the runs in flight that use it. */
import type { Problem } from '../../domain/errors.ts';
import type { Ulid } from '../../domain/ids.ts';
import { type Model, modelReference } from '../../domain/model.ts';
import type { Principal } from '../../domain/principal.ts';
import type { Run } from '../../domain/run.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { everyModel, runsInFlight } from './list-everything.ts';

export interface Dependent {
  readonly kind: 'child' | 'run_in_flight';
  readonly id: Ulid;
  /** `name@version` of a child, name of a run. */
  readonly name: string;
}

function uses(run: Run, model: Ulid): boolean {
  const { models } = run.resolved;
  return [...models, ...run.phases.flatMap(({ inputs, outputs }) => [...inputs, ...outputs])].includes(model);
}

export async function findDependents(
  ports: Pick<ReadPorts, 'models' | 'runs'>,
  { tenant }: Principal,
  model: Pick<Model, 'id'>,
): Promise<readonly Dependent[]> {
  const children = await everyModel(ports, tenant, { parent: model.id });
  const runs = (await runsInFlight(ports, tenant)).filter((run) => uses(run, model.id));
  return [
    ...children.map((child): Dependent => ({ kind: 'child', id: child.id, name: modelReference(child) })),
    ...runs.map(({ id, name }): Dependent => ({ kind: 'run_in_flight', id, name })),
  ];
}

export function dependentProblem({ kind, id, name }: Dependent, position: number): Problem {
  const message =
    kind === 'child'
      ? `model ${name} (${id}) was made from it`
      : `run ${name} (${id}) has not ended and uses it`;
  return { pointer: `/dependents/${position}`, code: kind, message };
}
