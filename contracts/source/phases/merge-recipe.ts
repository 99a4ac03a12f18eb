/** One explicit merge, as the settings of EvoMerge take it: a method, which models, and its parameters. */
import * as z from 'zod';

/** In the order in which `forge` lists them; the container knows each by the same name. */
export const MERGE_METHODS = [
  'linear',
  'slerp',
  'nuslerp',
  'karcher',
  'model_stock',
  'dfs',
  'task_arithmetic',
  'ties',
  'dare_linear',
  'dare_ties',
  'della',
  'della_linear',
  'breadcrumbs',
  'breadcrumbs_ties',
  'passthrough',
] as const;

const slice = z.strictObject({
  model: z.string().min(1).max(63).describe('Input model that the layers are taken from.'),
  layers: z
    .tuple([z.int().min(0).max(48), z.int().min(1).max(48)])
    .describe('First layer and the one after the last.'),
});

const fields = z.strictObject({
  method: z.enum(MERGE_METHODS),
  models: z.array(z.string().min(1).max(63)).min(1).max(16).optional().describe('Input models by name.'),
  weights: z.array(z.number().min(-10).max(10)).min(1).max(16).optional().describe('One per model.'),
  normalize: z.boolean().optional().describe('Divide the weights by their sum.'),
  t: z.number().min(0).max(1).optional().describe('Where on the arc of SLERP: 0 the first, 1 the second.'),
  density: z.number().gt(0).max(1).optional().describe('Share of each task vector that is kept.'),
  drop: z.number().min(0).lt(1).optional().describe('Share of each task vector that DARE drops.'),
  lambda: z.number().min(-10).max(10).optional().describe('Scale of the merged task vector.'),
  slices: z.array(slice).min(1).max(48).optional().describe('Layers of a passthrough, from the first on.'),
});

type Fields = z.output<typeof fields>;
interface Fault {
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly message: string;
}

/** What lies between two models needs two models, no more and no fewer. */
function arity({ method, models }: Fields): readonly Fault[] {
  if ((method !== 'slerp' && method !== 'nuslerp') || models?.length === 2) return [];
  const got = models ? `${models.length}` : 'none named';
  return [
    {
      path: ['models'],
      code: 'arity',
      message: `${method} takes exactly two models, got ${got}; name them here`,
    },
  ];
}

function weightFaults({ method, models, weights, normalize }: Fields): readonly Fault[] {
  if (!weights) return [];
  const faults: Fault[] = [];
  if (models && models.length !== weights.length) {
    const message = `expected one weight per model: ${models.length} models, ${weights.length} weights`;
    faults.push({ path: ['weights'], code: 'arity', message });
  }
  const divides = normalize ?? method === 'linear';
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (divides && Math.abs(sum) < 1e-9) {
    const message = `the weights add up to ${sum} and cannot be normalised; change one, or set normalize: false`;
    faults.push({ path: ['weights'], code: 'zero_weight_sum', message });
  }
  return faults;
}

function sliceFaults({ method, slices }: Fields): readonly Fault[] {
  if (method === 'passthrough' && !slices) {
    return [
      {
        path: ['slices'],
        code: 'required',
        message: 'passthrough needs slices: which layers of which model',
      },
    ];
  }
  return (slices ?? []).flatMap(({ layers: [first, end] }, position) =>
    first < end
      ? []
      : [
          {
            path: ['slices', position, 'layers'],
            code: 'layer_range',
            message: `expected the first layer before the end, got ${first} to ${end}`,
          },
        ],
  );
}

export const mergeRecipe = fields.superRefine((recipe, context) => {
  for (const { path, code, message } of [...arity(recipe), ...weightFaults(recipe), ...sliceFaults(recipe)]) {
    context.addIssue({ code: 'custom', path: [...path], message, params: { code } });
  }
});
