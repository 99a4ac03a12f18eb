/** Settings of phase 2, EvoMerge. The names are Python's, because the container reads them as they are. */
import * as z from 'zod';
import { MERGE_METHODS, mergeRecipe } from './merge-recipe.ts';
import { setting } from './setting.ts';

const MOST_EVALUATIONS = 20_000;

/** A whole number whose cap is about what it costs, not about what can be computed. */
const capped = (least: number, most: number, cost: (value: number) => string) =>
  z
    .int()
    .refine((value) => value >= least && value <= most, {
      error: (issue) =>
        `expected a whole number from ${least} to ${most}; ${String(issue.input)} would cost ${cost(Number(issue.input))}`,
      params: { code: 'limit_exceeded' },
    })
    .meta({ minimum: least, maximum: most });

const limited = <Schema extends z.ZodType>(schema: Schema, value: z.output<Schema>, description: string) =>
  schema.meta({ ...schema.meta(), default: value, description }) as Schema;

const share = z.number().min(0).max(1);
const index = z.number().min(1).max(200);

const fields = {
  generations: limited(
    capped(0, 1_000, (value) => `${value} generations of evaluations after the first`),
    3,
    'Generations after the first one; 0 evaluates the recipes and takes the best.',
  ),
  population: limited(
    capped(1, 512, (value) => `${value} evaluations per generation`),
    8,
    'Individuals evaluated per generation after the first.',
  ),
  workers: setting(z.int().min(1).max(64), 2, 'Jobs that share the evaluation of a generation.'),
  elites: setting(z.int().min(0).max(64), 2, 'Best individuals that live on unchanged (scalar selection).'),
  selection: setting(
    z.enum(['scalar', 'pareto']),
    'scalar',
    'By weighted fitness, or by NSGA-II over all four objectives.',
  ),
  search: setting(
    z.enum(['genetic', 'cma-es']),
    'genetic',
    'Crossover and mutation over all methods, or CMA-ES inside the method that leads after the first generation.',
  ),
  cma_sigma: setting(z.number().gt(0).max(1), 0.1667, 'First step size of CMA-ES, as a share of each range.'),
  methods: setting(
    z.array(z.enum(MERGE_METHODS)).min(1).max(MERGE_METHODS.length),
    [
      'linear',
      'slerp',
      'ties',
      'dare_linear',
      'dare_ties',
      'task_arithmetic',
      'model_stock',
      'dfs',
      'passthrough',
    ],
    'Methods that mutation and immigrants may draw.',
  ),
  recipes: setting(
    z.array(mergeRecipe).max(64),
    [],
    'Merges that replace the eight of the first generation; with generations 0 the phase is a plain merge.',
  ),
  weight_perplexity: setting(share, 0.4, 'Weight of perplexity in the fitness.'),
  weight_accuracy: setting(share, 0.3, 'Weight of next-token accuracy in the fitness.'),
  weight_speed: setting(share, 0.2, 'Weight of speed (counted operations per token) in the fitness.'),
  weight_memory: setting(share, 0.1, 'Weight of memory (bytes) in the fitness.'),
  crossover_rate: setting(share, 0.9, 'Chance that a child has two parents.'),
  crossover_eta: setting(index, 15, 'Distribution index of simulated binary crossover.'),
  mutation_eta: setting(index, 20, 'Distribution index of polynomial mutation.'),
  reset_rate: setting(share, 0.15, 'Chance that mutation draws another method.'),
  diversity_floor: setting(
    share,
    0.1,
    'Immigrants come when the population differs by less than this share of the first generation.',
  ),
  immigrant_share: setting(share, 0.2, 'Share of the next generation that is drawn anew then.'),
  plateau_generations: setting(z.int().min(0).max(1_000), 3, 'Stop after so many without a gain; 0 never.'),
  plateau_gain: setting(z.number().min(0).max(1), 0.0005, 'What counts as a gain of the leading measure.'),
  seq_len: setting(z.int().min(16).max(4_096), 128, 'Tokens per evaluated row.'),
  eval_batch_size: setting(z.int().min(1).max(1_024), 8, 'Rows per evaluation batch.'),
  screen_tokens: setting(
    z.int().min(64).max(100_000_000),
    4_096,
    'Tokens on which each individual is scored.',
  ),
  rescore_tokens: setting(
    z.int().min(64).max(100_000_000),
    8_192,
    'Tokens on which the finalists are scored again.',
  ),
  report_tokens: setting(
    z.int().min(64).max(100_000_000),
    8_192,
    'Tokens of documents that fitness never saw, for the report.',
  ),
  finalists: setting(z.int().min(1).max(64), 3, 'Individuals that are scored again.'),
  probe_tokens: setting(z.int().min(4).max(4_096), 64, 'Positions at which predictions are compared.'),
  probe_items: setting(z.int().min(4).max(10_000), 32, 'Questions per probe of the report.'),
  held_out_every: setting(
    z.int().min(2).max(1_000),
    23,
    'Every k-th document is held out, where the models do not say which were.',
  ),
};

export const evomergeFields = z.strictObject(fields);

/** The complete settings, with the rules that bind one key to another. */
export const evomergeSettings = evomergeFields
  .superRefine((settings, context) => {
    const refuse = (key: string, code: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message, params: { code } });
    const evaluations = settings.population * settings.generations;
    if (evaluations > MOST_EVALUATIONS) {
      const cost = `${settings.generations} generations of ${settings.population} cost ${evaluations} evaluations`;
      refuse('generations', 'limit_exceeded', `${cost}; expected at most ${MOST_EVALUATIONS}`);
    }
    const weights =
      settings.weight_perplexity + settings.weight_accuracy + settings.weight_speed + settings.weight_memory;
    if (weights <= 0) refuse('weight_perplexity', 'zero_weight_sum', 'the four weights of the fitness are 0');
    if (settings.search === 'cma-es' && settings.population < 2) {
      refuse('population', 'out_of_range', 'CMA-ES needs at least 2 individuals per generation');
    }
    if (settings.elites >= settings.population && settings.population > 1) {
      refuse('elites', 'out_of_range', `expected fewer than the population of ${settings.population}`);
    }
  })
  .meta({ id: 'evomerge', title: 'EvoMerge settings' });

export type EvomergeSettings = z.output<typeof evomergeSettings>;
