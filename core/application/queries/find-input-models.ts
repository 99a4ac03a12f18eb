/** The models that go into a phase of a run, with the base that they have in common where the phase wants it. */
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { ForgeError } from '../../domain/errors.ts';
import type { Model } from '../../domain/model.ts';
import type { Principal } from '../../domain/principal.ts';
import { modelsInto, type Run } from '../../domain/run.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';

export async function findInputModels(
  ports: Pick<ReadPorts, 'models'>,
  principal: Principal,
  run: Run,
  phase: PhaseSlug,
): Promise<readonly Model[]> {
  const ids = modelsInto(run, phase);
  const models = await Promise.all(ids.map((id) => ports.models.get(principal.tenant, id)));
  return models.map((model, position) => {
    if (model) return model;
    throw new ForgeError(
      'not_found',
      `Model ${ids[position]} went into phase ${phase} but is not in the registry.`,
    );
  });
}
