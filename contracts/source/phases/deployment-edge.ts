/** Settings of the target `edge`: fewest bytes under a bound on what the model may lose. */
import * as z from 'zod';
import { setting } from './setting.ts';

export const edgeFields = {
  edge_most_nats: setting(
    z.number().min(0).max(10),
    0.05,
    'Most that held-out loss may rise, in nats a token.',
  ),
  edge_prune: setting(z.number().min(0).max(0.9), 0.25, 'Share of the inner width to take out.'),
  edge_heal_steps: setting(z.int().min(0).max(1_000_000), 40, 'Optimizer steps.'),
  edge_learning_rate: setting(z.number().min(1e-7).max(0.1), 0.001, 'Peak learning rate.'),
};
