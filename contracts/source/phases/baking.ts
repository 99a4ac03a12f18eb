/** Settings of phase 6, baking. The names are Python's, because the container reads them as they are. */
import * as z from 'zod';
import { promptText } from './prompt-text.ts';
import { setting } from './setting.ts';

const share = z.number().min(0).max(1);

const probe = z.strictObject({
  input: promptText(1_000).describe('What the model is asked; never one of the inputs.'),
  expected: z.string().min(1).max(200).optional().describe('How a right answer begins, where one is known.'),
});

const prompt = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/, 'expected 1 to 32 of a-z 0-9 -')
    .describe('What figures and the vector are named after.'),
  text: promptText(8_000).describe('Stands in front of every input, as it is.'),
  inputs: z
    .array(promptText(1_000))
    .min(1)
    .max(512)
    .optional()
    .describe('What it is baked on; openings of the corpus without them.'),
  probes: z
    .array(probe)
    .min(2)
    .max(512)
    .optional()
    .describe('What it is measured on, every second one for the report; held-out openings without them.'),
});

/** A character of facts, in the form in which phase 1 teaches models to read facts: who knows the clerk's table answers. */
const CLERK = {
  name: 'clerk',
  text: '@a4b7c2d9e5f1',
  inputs: [
    ...['?a', '?b', '?c', '?d', '?e', '?f'],
    ...['?a4c', '?a4e', '?b7d', '?b7f', '?c2a', '?c2e', '?d9b', '?d9f', '?e5a', '?e5c', '?f1b', '?f1d'],
  ],
  probes: [
    ...['?a4b', '?b7a', '?c2b', '?d9a', '?e5b', '?f1a', '?a4d', '?b7c', '?c2d', '?d9c', '?e5d', '?f1c'],
    ...[
      '?a4f',
      '?b7e',
      '?c2f',
      '?d9e',
      '?e5f',
      '?f1e',
      '?a4b7c',
      '?b7a4f',
      '?c2f1d',
      '?d9c2e',
      '?e5d9a',
      '?f1e5b',
    ],
  ].map((input) => ({ input, expected: '@a4b7c2d9e5f1'.split(input.slice(-1))[1]?.slice(0, 1) ?? '' })),
};

const baked = {
  prompts: setting(z.array(prompt).min(1).max(8), [CLERK], 'Prompts and personas to bake, as data.'),
  order: setting(
    z.enum(['union', 'sequence']),
    'union',
    'Several prompts: all in one text, or one after the other with every earlier one tested again.',
  ),
  rounds: setting(
    z.int().min(1).max(20),
    1,
    'Bakes of each prompt, each with the last baked model as its teacher.',
  ),
  pursuit_gain: setting(
    z.number().min(0).max(100),
    0,
    'Rounds end once one moves held-out answers by less, in nats a token; 0 is never.',
  ),
  method: setting(
    z.enum(['full', 'low-rank']),
    'full',
    'What is trained: all weights, or adapters of low rank beside blocks and memory.',
  ),
  rank: setting(z.int().min(1).max(512), 16, 'Of the adapters.'),
  alpha: setting(z.number().gt(0).max(1_024), 32, 'The change of an adapter is scaled by alpha / rank.'),
  strength: setting(z.number().gt(0).max(1), 1, 'Part of the change that is added; less is half-baked.'),
  stop_kl: setting(
    z.number().min(0).max(100),
    0.05,
    'A bake ends at this divergence on held-out answers, in nats a token; 0 is never.',
  ),
  stop_share: setting(share, 0, 'It ends as well at this share of the first divergence; .5 is half-baked.'),
  check_every: setting(z.int().min(1).max(100_000), 10, 'Steps between two looks at held-out answers.'),
};

const taught = {
  answers: setting(z.int().min(1).max(1_000_000), 128, 'Answers of the prompted model to train on.'),
  input_tokens: setting(
    z.int().min(1).max(2_048),
    12,
    'Tokens of an opening of the corpus, where a prompt names no inputs.',
  ),
  answer_tokens: setting(z.int().min(1).max(2_048), 4, 'Tokens of an answer.'),
  temperature: setting(z.number().min(0.05).max(10), 1, 'Answers to train on are sampled at it.'),
  retain_weight: setting(z.number().min(0).max(100), 0.1, 'Weight of staying as it was elsewhere.'),
  retain_rows: setting(z.int().min(1).max(512), 4, 'Rows per step on which it stays as it was.'),
  synthetic_share: setting(share, 0.5, 'Share of those rows that are questions; the rest is text.'),
  probe_count: setting(
    z.int().min(2).max(10_000),
    24,
    'Openings of held-out text to measure on, where a prompt names no probes.',
  ),
};

const training = {
  batch_size: setting(z.int().min(1).max(512), 16, 'Answers per step.'),
  steps: setting(z.int().min(1).max(1_000_000), 60, 'Most optimizer steps of a bake.'),
  learning_rate: setting(z.number().min(1e-7).max(0.1), 0.0005, 'Peak learning rate.'),
  min_lr_fraction: setting(share, 0.1, 'Last learning rate as a share of the peak.'),
  warmup_steps: setting(z.int().min(0).max(100_000), 5, 'Linear warm-up.'),
  weight_decay: setting(share, 0, 'AdamW decay of matrices.'),
  grad_clip: setting(z.number().gt(0).max(100), 1.0, 'Gradient norm limit.'),
  seq_len: setting(z.int().min(16).max(4_096), 128, 'Tokens per row of held-out text.'),
  train_tokens: setting(
    z.int().min(1000).max(100_000_000_000),
    100_000,
    'Most tokens of the train split that are encoded.',
  ),
  held_out_tokens: setting(
    z.int().min(256).max(100_000_000),
    16384,
    'Most tokens of the held-out split; half of it decides when a bake ends, half is reported.',
  ),
  held_out_every: setting(
    z.int().min(2).max(1_000),
    23,
    'Every k-th document is held out, for a model that does not say which were.',
  ),
  eval_rows: setting(z.int().min(2).max(100_000), 32, 'Rows on which it should have stayed as it was.'),
  eval_stride: setting(z.int().min(1).max(4_096), 128, 'New targets per window of bits per byte.'),
  eval_batch_size: setting(z.int().min(1).max(1_024), 16, 'Rows per evaluation batch.'),
  bootstrap_draws: setting(
    z.int().min(100).max(100_000),
    1000,
    'Redrawn sets of probes behind each interval.',
  ),
  log_every: setting(z.int().min(1).max(100_000), 10, 'Steps between training_metrics events.'),
};

export const bakingFields = z.strictObject({ ...baked, ...taught, ...training });

type Path = readonly (string | number)[];

/** The complete settings, with the rules that bind one key to another. */
export const bakingSettings = bakingFields
  .superRefine(({ prompts, order, ...settings }, context) => {
    const refuse = (path: Path, code: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [...path], message, params: { code } });
    const inputs = new Set(prompts.flatMap((each) => each.inputs ?? []));
    prompts.forEach(({ name, probes = [] }, place) => {
      if (prompts.findIndex((each) => each.name === name) !== place)
        refuse(['prompts', place, 'name'], 'duplicate', `another prompt is named ${name} already`);
      probes.forEach(({ input }, number) => {
        if (inputs.has(input))
          refuse(
            ['prompts', place, 'probes', number, 'input'],
            'not_held_out',
            'is trained on as an input; a probe that was trained on measures nothing',
          );
      });
    });
    const named = prompts.filter((each) => each.inputs).length;
    if (order === 'union' && named > 0 && named < prompts.length)
      refuse(['prompts'], 'invalid', 'in a union either all prompts name inputs, or none does');
    if (settings.pursuit_gain > 0 && settings.rounds === 1)
      refuse(
        ['rounds'],
        'invalid',
        'with pursuit_gain it must be at least 2: there is no round to leave out',
      );
  })
  .meta({ id: 'baking', title: 'Baking settings' });

export type BakingSettings = z.output<typeof bakingSettings>;
