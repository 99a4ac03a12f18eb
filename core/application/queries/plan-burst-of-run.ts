/** The plan of where a run should be computed, with what is known of its models, of a probe and of the prices. */

import type { BurstPlan } from '#contracts/source/burst-plan.ts';
import { type RunBudget, type RunCompute, runCompute } from '#contracts/source/compute.ts';
import type { PhaseSlug } from '#contracts/source/phase-slugs.ts';
import { defaultSettings } from '#contracts/source/phases/settings.ts';
import { PRICES } from '#contracts/source/prices.ts';
import { LOCAL, type Probe } from '../../domain/burst/offer.ts';
import { planBurst } from '../../domain/burst/plan-burst.ts';
import { type PhaseWorkload, shapeOf, workloadOf } from '../../domain/burst/workload.ts';
import { ForgeError } from '../../domain/errors.ts';
import type { Principal } from '../../domain/principal.ts';
import type { ResolvedRun } from '../../domain/run.ts';
import type { ReadPorts } from '../../ports/read-ports.ts';
import { getRun } from './get-run.ts';
import { readInterruptions } from './read-interruptions.ts';

export interface RunToPlan {
  readonly resolved: ResolvedRun;
  readonly compute: RunCompute | undefined;
  readonly budget: RunBudget | undefined;
}

type PlanPorts = Pick<ReadPorts, 'runs' | 'models' | 'metrics' | 'costs' | 'clock'>;

export async function planBurstOfRun(
  ports: PlanPorts,
  principal: Principal,
  { resolved, compute, budget }: RunToPlan,
): Promise<BurstPlan> {
  const wanted = compute ?? runCompute.parse({});
  return planBurst({
    compute: wanted,
    budget: budget ?? {},
    workloads: await workloadsOf(ports, principal, resolved),
    prices: PRICES,
    probes: wanted.probe === undefined ? [] : await readProbe(ports, principal, wanted.probe),
    interruptions: await readInterruptions(ports, principal.tenant),
    seed: resolved.seed,
  });
}

async function workloadsOf(
  { models }: Pick<ReadPorts, 'models'>,
  { tenant }: Principal,
  { phases, config, models: inputs }: ResolvedRun,
): Promise<readonly PhaseWorkload[]> {
  const [input] = inputs;
  const model = input === undefined ? null : await models.get(tenant, input);
  const made = shapeOf(config.cognate ?? defaultSettings('cognate'));
  const given = model && { ...made, parameters: model.properties.parameters };
  const shape = config.cognate ? made : (given ?? made);
  return phases.map((phase) => workloadOf(phase, config[phase] ?? {}, shape));
}

/**
 * How fast the machine of a finished run was: the operations of a phase over the seconds its jobs took together. Phases
 * that nothing is known of beforehand say nothing here either.
 */
async function readProbe(ports: PlanPorts, principal: Principal, id: string): Promise<readonly Probe[]> {
  const run = await getRun(ports, principal, id);
  const workloads = await workloadsOf(ports, principal, run.resolved);
  const metrics = await ports.metrics.list(principal.tenant, id, {});
  const seconds = metrics.filter(({ name, step }) => step === null && name.endsWith('/job_seconds'));
  const trained: readonly PhaseSlug[] = ['cognate', 'bitnet', 'training'];
  const used = workloads.filter(
    ({ phase }) => trained.includes(phase) && seconds.some((each) => each.phase === phase),
  );
  if (used.length === 0) {
    throw new ForgeError(
      'validation',
      `Run ${id} measured no seconds of a phase that trains; it is no probe.`,
      {
        code: 'no_probe',
        hint: `Name a finished run of one of ${trained.join(', ')} in compute.probe, or leave it out.`,
      },
    );
  }
  const flop = used.reduce((sum, { serialFlop, sharedFlop }) => sum + serialFlop[0] + sharedFlop[0], 0);
  const own = seconds.filter((each) => used.some(({ phase }) => phase === each.phase));
  const total = own.reduce((sum, { value }) => sum + value, 0);
  const types = new Set(
    (await ports.costs.list(principal.tenant, id)).map(({ instanceType }) => instanceType),
  );
  // Without a ledger it ran here; on several types at once its seconds say nothing of either.
  const [instanceType = LOCAL] = types;
  if (types.size > 1) return [];
  return [{ instanceType, flopPerSecond: flop / total, records: own.map((each) => each.id) }];
}
