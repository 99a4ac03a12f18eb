/** Settings of the target `cloud`: most tokens a second while the 95th percentile of latency stays below a bound. */
import * as z from 'zod';
import { setting } from './setting.ts';

export const cloudFields = {
  cloud_p95_ms: setting(
    z.number().gt(0).max(600_000),
    100,
    'Target cloud: bound on the 95th percentile of a call, queueing included.',
  ),
  cloud_most_nats: setting(
    z.number().min(0).max(10),
    0.02,
    'Target cloud: most that held-out loss may rise over the model that came in, in nats a token.',
  ),
  cloud_load: setting(
    z.number().gt(0).max(0.99),
    0.6,
    'Target cloud: calls arrive at random at this share of what the chosen batch can serve.',
  ),
  cloud_requests: setting(
    z.int().min(20).max(1_000_000),
    300,
    'Target cloud: calls of the open-loop test; latency counts from when a call was meant to be sent.',
  ),
  cloud_least_tasks: setting(z.int().min(1).max(1_000), 1, 'Target cloud: fewest serving tasks.'),
  cloud_most_tasks: setting(z.int().min(1).max(1_000), 4, 'Target cloud: most serving tasks.'),
};
