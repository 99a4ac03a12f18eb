/** What a `generation_update` event carries: one evaluated generation with its part of the tree. */
import * as z from 'zod';
import { count } from './scalars.ts';

const shares = z.record(z.string(), z.number());
const individualId = z.string().regex(/^g[0-9]+-[0-9]+$/);

const individual = z.strictObject({
  id: individualId.describe('`g<generation>-<place>`, unique within a run.'),
  generation: count.describe('Generation in which it was born; survivors are older than the event.'),
  method: z.string().min(1).describe('Merge method.'),
  parents: z
    .array(individualId)
    .describe('Individuals that it was bred from; none for recipes and immigrants.'),
  weights: shares.describe('Share of each input model in the merge.'),
  objectives: shares
    .nullable()
    .describe('Shares of the base in each objective, all to be small; null if infeasible.'),
  fitness: z.number().nullable().describe('Times the base; null if infeasible, never 0 instead.'),
  rank: count.describe('Front of the non-dominated sort; 0 is the Pareto front.'),
  feasible: z.boolean(),
});

export const generationUpdate = z
  .strictObject({
    round: count.optional(),
    generation: count,
    generations: count.describe('Generations asked for after the first one.'),
    individuals: z.array(individual).describe('Everyone alive: survivors first, then those born in it.'),
    best: z
      .strictObject({ id: individualId.nullable(), fitness: z.number().nullable() })
      .describe('Fittest of all generations so far.'),
    hypervolume: z.number().min(0).describe('Of everything evaluated so far; never falls.'),
    diversity: z.number().min(0).describe('Mean Jensen-Shannon divergence of predictions, in bits.'),
    evaluations: count.describe('Models evaluated so far.'),
  })
  .meta({ id: 'generation-update', title: 'Data of a generation_update event' });

export type GenerationUpdate = Readonly<z.output<typeof generationUpdate>>;
