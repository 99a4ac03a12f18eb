/** Settings of the target `automotive`. Figures that a user wants are targets, never results. */
import * as z from 'zod';
import { setting } from './setting.ts';

const share = z.number().min(0).max(1);
const milliseconds = z.number().gt(0).max(60_000);
const many = z.int().min(20).max(10_000_000);

export const automotiveFields = {
  automotive_element: setting(z.string().max(2_000), '', 'What it is for.'),
  automotive_p99_ms: setting(milliseconds, 10, 'A target.'),
  automotive_detection: setting(share, 0.95, 'A target.'),
  automotive_false_negatives: setting(share, 0.0001, 'A target.'),
  automotive_memory_mib: setting(z.int().min(1), 2_048, 'A target.'),
  automotive_window: setting(z.int().min(4).max(8_192), 32, 'Tokens of a call.'),
  automotive_deadline_ms: setting(milliseconds, 10, 'Of a call.'),
  automotive_hold_ms: setting(milliseconds, 200, 'Of last values.'),
  automotive_hand_over_after: setting(z.int().min(1).max(1_000), 3, 'In a row.'),
  automotive_alarm_rate: setting(z.number().min(0.001).max(0.5), 0.05, 'Of known inputs.'),
  automotive_calls: setting(many, 100_000, 'Timed calls.'),
  automotive_repeats: setting(many, 1_000, 'Of a call.'),
  automotive_fuzz_cases: setting(many, 100_000, 'Messages.'),
};
