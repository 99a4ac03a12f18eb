/** A hint names what the failed phase has, so that whoever follows it is not refused by the next document. */
import { failureHint } from '#core/domain/failure-hint.ts';
import type { Run } from '#core/domain/run.ts';

const runWith = (settings: Record<string, unknown>) =>
  ({ id: 'R', resolved: { config: { 'quiet-star': settings } } }) as unknown as Run;
const place = (settings: Record<string, unknown> = {}) => ({
  run: runWith(settings),
  phase: 'quiet-star' as const,
});

describe('the hint of a failure', () => {
  it.each([
    ['contract', {}, 'See what the phase accepts: forge phases describe quiet-star'],
    [
      'out_of_memory',
      { seq_len: 64, batch_size: 8 },
      'Lower batch_size or seq_len of phase quiet-star, or give it more memory.',
    ],
    ['out_of_memory', { seq_len: 64 }, 'Lower seq_len of phase quiet-star, or give it more memory.'],
    ['out_of_memory', {}, 'See what can be set: forge phases describe quiet-star, or give it more memory.'],
    ['numeric', { learning_rate: 0.1 }, 'Lower learning_rate of phase quiet-star.'],
    ['lost', {}, 'Read the log: forge runs logs R --phase quiet-star'],
  ] as const)('of kind %s under %j says: %s', (kind, settings, words) => {
    expect(failureHint(kind, place(settings))).toBe(words);
  });
});
