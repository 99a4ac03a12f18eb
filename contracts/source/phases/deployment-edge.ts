/** Settings of the target `edge`: fewest bytes under a bound on what the model may lose. */
import * as z from 'zod';
import { setting } from './setting.ts';

export const edgeFields = {
  edge_most_nats: setting(
    z.number().min(0).max(10),
    0.05,
    'Target edge: most that held-out loss may rise over the model that came in, in nats a token.',
  ),
  edge_prune: setting(
    z.number().min(0).max(0.9),
    0.25,
    'Target edge: share of the inner width of every feed-forward that is taken out; 0 is none.',
  ),
  edge_heal_steps: setting(
    z.int().min(0).max(1_000_000),
    40,
    'Target edge: optimizer steps after pruning, on the teaching of the model that came in.',
  ),
  edge_learning_rate: setting(
    z.number().min(1e-7).max(0.1),
    0.001,
    'Target edge: peak learning rate of those.',
  ),
};
