/** Settings of the target `cloud`: most tokens a second while the 95th percentile of latency stays below a bound. */
import * as z from 'zod';
import { setting } from './setting.ts';

export const cloudFields = {
  cloud_p95_ms: setting(z.number().gt(0).max(600_000), 100, 'Bound on the 95th percentile.'),
  cloud_most_nats: setting(
    z.number().min(0).max(10),
    0.02,
    'Most that held-out loss may rise, in nats a token.',
  ),
  cloud_load: setting(z.number().gt(0).max(0.99), 0.6, 'Share of what can be served.'),
  cloud_requests: setting(z.int().min(20).max(1_000_000), 300, 'Open-loop calls.'),
  cloud_least_tasks: setting(z.int().min(1).max(1_000), 1, 'Fewest serving tasks.'),
  cloud_most_tasks: setting(z.int().min(1).max(1_000), 4, 'Most serving tasks.'),
};
