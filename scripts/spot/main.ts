/**
 * Runs a toy on a real server twice per seed: on machines that nobody takes away, and on a seeded market that does. Reads
 * a seed per line, answers each with a line of measures, until its input ends.
 */
import { createInterface } from 'node:readline';
import type { Costs } from '#contracts/source/costs.ts';
import type { Model } from '#core/domain/model.ts';
import type { Run } from '#core/domain/run.ts';
import { removeFixtures } from '#test/support/fixture-tree.ts';
import { removeBundle, ServerProcess, useBundle } from '#test/support/server-process.ts';

export interface SpotTrial {
  readonly hourSeconds: number;
  readonly meanHours: number;
  readonly workHours: number;
  readonly deadlineHours: number;
  readonly steps: number;
}

const PATIENCE_SECONDS = 400;
const SENTENCE = 'The people of the States have sent their delegates to the Congress of the Union. ';
const CORPUS = Array.from({ length: 40 }, (_, index) =>
  JSON.stringify({ id: `text-${index}`, text: `${index} ${SENTENCE.repeat(20)}` }),
).join('\n');

/** One machine of the price table: the planner's choice where both regions are allowed. */
const MARKET = { seed: 0, instanceType: 'g6.xlarge', region: 'us-east-2', restartHours: 0.05 };

interface Ended {
  readonly usd: number;
  readonly hours: number;
  readonly attempts: number;
  readonly spotAttempts: number;
  readonly weights: readonly string[];
}

async function measured(server: ServerProcess, run: Run, hourSeconds: number): Promise<Ended> {
  if (run.status !== 'succeeded') throw new Error(`run ${run.id} ${run.status}: ${run.error?.message}`);
  const { body } = await server.api<Costs>('GET', `/v1/costs?by=attempt&run=${run.id}`);
  const models = await server.api<{ items: Model[] }>('GET', `/v1/models?run=${run.id}`);
  const seconds = (Date.parse(run.endedAt ?? '') - Date.parse(run.startedAt ?? '')) / 1000;
  return {
    usd: body.total.usd,
    hours: seconds / hourSeconds,
    attempts: body.total.attempts,
    spotAttempts: body.items.filter(({ name }) => name.endsWith(' spot')).length,
    weights: models.body.items.map(({ role, properties }) => `${role} ${properties.weightsHash}`).sort(),
  };
}

async function pair(server: ServerProcess, seed: number, trial: SpotTrial): Promise<Record<string, number>> {
  const { hourSeconds, deadlineHours, steps } = trial;
  const run = async (spot: 'never' | 'prefer') => {
    const document = {
      name: `spot-${seed}-${spot}`,
      phases: ['cognate'],
      seed,
      config: { cognate: { steps } },
      compute: { spot, regions: ['us-east-1', 'us-east-2'] },
      budget: { deadlineHours },
    };
    const { id } = await server.submit(`${seed}-${spot}`, document);
    return measured(server, await server.ended(id, PATIENCE_SECONDS), hourSeconds);
  };
  const calm = await run('never');
  const stormy = await run('prefer');
  const same = calm.weights.length > 0 && calm.weights.join() === stormy.weights.join();
  return {
    on_demand_usd: calm.usd,
    spot_usd: stormy.usd,
    cost_ratio: stormy.usd / calm.usd,
    on_demand_hours: calm.hours,
    spot_hours: stormy.hours,
    in_time: stormy.hours <= deadlineHours ? 1 : 0,
    interruptions: stormy.attempts - calm.attempts,
    spot_share: stormy.spotAttempts / stormy.attempts,
    identical: same ? 1 : 0,
  };
}

export async function main(trial: SpotTrial): Promise<number> {
  useBundle(process.env.FORGE_FAULTS_SERVER ?? '');
  const { hourSeconds, meanHours, workHours } = trial;
  const server = new ServerProcess({
    FORGE_SPOT: JSON.stringify({ ...MARKET, hourSeconds, meanHours, workHours }),
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => server.end().finally(() => process.exit(130)));
  }
  try {
    const code = await server.start();
    if (code !== null) throw new Error(`the server ended with ${code}: ${server.stderr}`);
    await server.addCorpus(`${CORPUS}\n`);
    for await (const line of createInterface({ input: process.stdin }))
      console.log(JSON.stringify(await pair(server, Number(line), trial)));
    return 0;
  } finally {
    await server.end();
    removeBundle();
    removeFixtures();
  }
}
